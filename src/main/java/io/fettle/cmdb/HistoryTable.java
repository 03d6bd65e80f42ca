package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** SQL of the history and of its months. */
@Component
class HistoryTable {
  private final JdbcClient db;

  HistoryTable(JdbcClient db) {
    this.db = db;
  }

  record Row(
      Instant at,
      String facet,
      String pointer,
      @Nullable JsonNode old,
      @Nullable JsonNode now,
      String source,
      String actor,
      @Nullable String reason,
      Instant observedAt) {}

  List<Row> read(AssetId asset, int limit) {
    return db.sql(
            """
            select c.recorded_at, c.facet, c.path, c.old, c.new, s.name source, c.actor, c.reason,
              c.observed_at
            from cmdb.change c join cmdb.source s on s.id = c.source_id
            where c.asset_id = :id::uuid
            order by c.recorded_at desc, c.seq desc limit :limit
            """)
        .param("id", asset.toString())
        .param("limit", limit)
        .query(HistoryTable::row)
        .list();
  }

  private static Row row(ResultSet row, int number) throws SQLException {
    return new Row(
        Sql.instant(row, "recorded_at"),
        row.getString("facet"),
        row.getString("path"),
        json(row.getString("old")),
        json(row.getString("new")),
        row.getString("source"),
        row.getString("actor"),
        row.getString("reason"),
        Sql.instant(row, "observed_at"));
  }

  private static @Nullable JsonNode json(@Nullable String text) {
    return text == null ? null : Docs.JSON.readTree(text);
  }

  /**
   * Makes a month's partition. Its name and bounds are computed here from a number, never from
   * input. Does nothing when rows of that month already went to the default partition.
   */
  void month(YearMonth month) {
    String name = "change_" + month.toString().replace('-', '_');
    boolean there =
        db.sql("select to_regclass(:name) is not null")
            .param("name", "cmdb." + name)
            .query(Boolean.class)
            .single();
    Instant from = month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
    Instant to = month.plusMonths(1).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
    if (there || early(from, to)) return;
    db.sql(
            "create table if not exists cmdb.%s partition of cmdb.change for values from ('%s') to ('%s')"
                .formatted(name, from, to))
        .update();
  }

  private boolean early(Instant from, Instant to) {
    return db.sql(
            """
            select exists (select from cmdb.change_other
              where recorded_at >= :from and recorded_at < :to)
            """)
        .param("from", Sql.at(from))
        .param("to", Sql.at(to))
        .query(Boolean.class)
        .single();
  }
}
