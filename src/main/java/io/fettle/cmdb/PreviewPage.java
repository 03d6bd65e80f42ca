package io.fettle.cmdb;

import io.fettle.cmdb.Imports.After;
import io.fettle.cmdb.Imports.Look;
import io.fettle.cmdb.Imports.Mapping;
import io.fettle.cmdb.Imports.Outcome;
import io.fettle.cmdb.Imports.Preview;
import io.fettle.cmdb.Imports.PreviewRow;
import io.fettle.cmdb.Imports.Rejection;
import io.fettle.cmdb.Intake.Done;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts every row of a preview and keeps the stretch that is shown, however large the file. */
final class PreviewPage {
  private final Look look;
  private final Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
  private final List<PreviewRow> rows = new ArrayList<>();
  private final List<Rejection> rejections = new ArrayList<>();
  private boolean moreRows;
  private boolean moreRejections;

  PreviewPage(Look look) {
    this.look = look;
  }

  void add(Done done) {
    Outcome outcome = done.outcome().outcome();
    counts.merge(outcome, 1L, Long::sum);
    if (look.outcome() == null || look.outcome() == outcome) show(done);
    for (Rejection one : done.row().rejections()) show(one);
  }

  private void show(Done done) {
    IntakeRow row = done.row();
    if (row.line() <= look.afterLine()) return;
    if (rows.size() >= look.rows()) moreRows = true;
    else
      rows.add(
          new PreviewRow(
              row.line(),
              done.outcome().outcome(),
              row.name(),
              done.outcome().asset(),
              row.notes()));
  }

  private void show(Rejection one) {
    if (!look.afterRejection().before(one)) return;
    if (rejections.size() >= look.rejections()) moreRejections = true;
    else rejections.add(one);
  }

  Preview of(String name, Mapping mapping) {
    return new Preview(
        name,
        mapping,
        counts.getOrDefault(Outcome.CREATED, 0L),
        counts.getOrDefault(Outcome.UPDATED, 0L),
        counts.getOrDefault(Outcome.UNCHANGED, 0L),
        counts.getOrDefault(Outcome.REJECTED, 0L),
        rows,
        moreRows && !rows.isEmpty() ? rows.getLast().line() : null,
        rejections,
        moreRejections && !rejections.isEmpty() ? After.of(rejections.getLast()) : null);
  }
}
