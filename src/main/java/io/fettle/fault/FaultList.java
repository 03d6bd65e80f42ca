package io.fettle.fault;

import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Viewer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A cursor into the list of faults, newest change first: where the next page goes on. */
record FaultList(Instant changedAt, long id) {
  static final int MOST = 500;

  static @Nullable FaultList cursor(@Nullable String text) {
    if (text == null || text.isEmpty()) return null;
    try {
      int dash = text.indexOf('-');
      long micros = Long.parseLong(text.substring(0, dash), 36);
      return new FaultList(
          Instant.ofEpochSecond(
              Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000L),
          Long.parseLong(text.substring(dash + 1), 36));
    } catch (RuntimeException e) {
      throw Problem.badInput(
          "cursor", text, "游标无效，请从第一页重新开始", "not a cursor of this list: start from the first page");
    }
  }

  static Page<Fault> page(List<Fault> rows, int limit) {
    if (rows.size() <= limit) return new Page<>(rows, null);
    List<Fault> page = new ArrayList<>(rows.subList(0, limit));
    Fault last = page.getLast();
    return new Page<>(page, new FaultList(last.changedAt(), last.id().value()).text());
  }

  static int bounded(int limit) {
    return Math.clamp(limit, 1, MOST);
  }

  static boolean seesNothing(Viewer viewer) {
    return !viewer.seesAll() && viewer.teams().isEmpty();
  }

  private String text() {
    long micros = changedAt.getEpochSecond() * 1_000_000L + changedAt.getNano() / 1_000L;
    return Long.toString(micros, 36) + "-" + Long.toString(id, 36);
  }
}
