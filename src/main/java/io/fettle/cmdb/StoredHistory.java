package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import java.util.List;
import org.springframework.stereotype.Component;

/** Reads the history with the names people use. */
@Component
class StoredHistory implements History {
  private static final int MOST = 1000;
  private final HistoryTable table;
  private final Catalogue catalogue;

  StoredHistory(HistoryTable table, Catalogue catalogue) {
    this.table = table;
    this.catalogue = catalogue;
  }

  @Override
  public List<Entry> of(AssetId machine, int limit) {
    return table.read(machine, Math.clamp(limit, 1, MOST)).stream().map(this::entry).toList();
  }

  private Entry entry(HistoryTable.Row row) {
    Label label =
        row.facet().isEmpty()
            ? new Label("登记", "Registered")
            : catalogue.label(row.facet(), row.pointer());
    String path = row.pointer().isEmpty() ? "" : row.pointer().substring(1).replace('/', '.');
    return new Entry(
        row.at(),
        row.facet(),
        path,
        label,
        row.old(),
        row.now(),
        row.source(),
        row.actor(),
        row.reason(),
        row.observedAt());
  }
}
