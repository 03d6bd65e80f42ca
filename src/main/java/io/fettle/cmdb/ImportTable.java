package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of imports, the outcome of their rows, and their rejections. */
@Component
class ImportTable {
  private static final String COLUMNS =
      "id, name, actor, state, bytes, mapping, rows_read, created, updated, unchanged, rejected,"
          + " started_at, finished_at, why";
  private final JdbcClient db;

  ImportTable(JdbcClient db) {
    this.db = db;
  }

  /** What became of one row. */
  record RowOutcome(int line, Imports.Outcome outcome, @Nullable AssetId asset) {}

  void start(
      UUID id,
      String name,
      String actor,
      long bytes,
      String sha256,
      Imports.Mapping mapping,
      Instant now) {
    db.sql(
            """
            insert into cmdb.import
              (id, name, actor, state, bytes, sha256, mapping, started_at, beat_at)
            values (:id, :name, :actor, 'running', :bytes, :sha256, :mapping::jsonb, :now, :now)
            """)
        .param("id", id)
        .param("name", name)
        .param("actor", actor)
        .param("bytes", bytes)
        .param("sha256", sha256)
        .param("mapping", Docs.JSON.writeValueAsString(mapping))
        .param("now", Sql.at(now))
        .update();
  }

  /** Counts a chunk in the transaction that wrote it. */
  void count(UUID id, List<RowOutcome> rows, Instant now) {
    db.sql(
            """
            insert into cmdb.import_row (import_id, line, outcome, asset_id)
            select :id, line, outcome, asset_id
            from unnest(:lines::int[], :outcomes::text[], :assets::uuid[])
              q (line, outcome, asset_id)
            """)
        .param("id", id)
        .param("lines", Sql.texts(rows, RowOutcome::line))
        .param("outcomes", Sql.texts(rows, r -> word(r.outcome())))
        .param("assets", Sql.texts(rows, RowOutcome::asset))
        .update();
    db.sql(
            """
            update cmdb.import set rows_read = rows_read + :rows, created = created + :created,
              updated = updated + :updated, unchanged = unchanged + :unchanged,
              rejected = rejected + :rejected, beat_at = :now
            where id = :id and state = 'running'
            """)
        .param("id", id)
        .param("rows", rows.size())
        .param("created", count(rows, Imports.Outcome.CREATED))
        .param("updated", count(rows, Imports.Outcome.UPDATED))
        .param("unchanged", count(rows, Imports.Outcome.UNCHANGED))
        .param("rejected", count(rows, Imports.Outcome.REJECTED))
        .param("now", Sql.at(now))
        .update();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static long count(List<RowOutcome> rows, Imports.Outcome outcome) {
    return rows.stream().filter(r -> r.outcome() == outcome).count();
  }

  void reject(UUID id, List<Imports.Rejection> all) {
    if (all.isEmpty()) return;
    db.sql(
            """
            insert into cmdb.import_rejection
              (import_id, line, no, col, value, reason_zh, reason_en)
            select :id, line, no, col, value, zh, en
            from unnest(:lines::int[], :nos::int[], :columns::text[], :values::text[],
              :zhs::text[], :ens::text[]) q (line, no, col, value, zh, en)
            """)
        .param("id", id)
        .param("lines", Sql.texts(all, Imports.Rejection::line))
        .param("nos", Sql.texts(all, Imports.Rejection::no))
        .param("columns", Sql.texts(all, Imports.Rejection::column))
        .param("values", Sql.texts(all, Imports.Rejection::value))
        .param("zhs", Sql.texts(all, r -> r.reason().zh()))
        .param("ens", Sql.texts(all, r -> r.reason().en()))
        .update();
  }

  /** True when it was running until now. */
  boolean end(UUID id, Imports.State state, @Nullable String why, Instant now) {
    return db.sql(
                """
                update cmdb.import set state = :state, why = :why, finished_at = :now, beat_at = :now
                where id = :id and state = 'running'
                """)
            .param("id", id)
            .param("state", word(state))
            .param("why", why, Types.VARCHAR)
            .param("now", Sql.at(now))
            .update()
        > 0;
  }

  /** Ends imports whose process is gone: no chunk since then. Which these were. */
  List<UUID> interrupt(Instant silentSince, Instant now) {
    return db.sql(
            """
            update cmdb.import set state = 'interrupted', finished_at = :now,
              why = 'the process ended; import the same file again to bring in the rest'
            where state = 'running' and beat_at < :since
            returning id
            """)
        .param("since", Sql.at(silentSince))
        .param("now", Sql.at(now))
        .query((row, _) -> row.getObject("id", UUID.class))
        .list();
  }

  Optional<Imports.Run> find(UUID id) {
    return db.sql("select " + COLUMNS + " from cmdb.import where id = :id")
        .param("id", id)
        .query(ImportTable::run)
        .optional();
  }

  List<Imports.Run> recent(int limit) {
    return db.sql(
            "select " + COLUMNS + " from cmdb.import order by started_at desc, id limit :limit")
        .param("limit", limit)
        .query(ImportTable::run)
        .list();
  }

  private static Imports.Run run(ResultSet row, int number) throws SQLException {
    return new Imports.Run(
        row.getObject("id", UUID.class),
        row.getString("name"),
        row.getString("actor"),
        Imports.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getLong("bytes"),
        Docs.JSON.readValue(row.getString("mapping"), Imports.Mapping.class),
        row.getLong("rows_read"),
        row.getLong("created"),
        row.getLong("updated"),
        row.getLong("unchanged"),
        row.getLong("rejected"),
        Sql.instant(row, "started_at"),
        Sql.maybe(row, "finished_at"),
        row.getString("why"));
  }

  List<Imports.Rejection> rejections(UUID id, int afterLine, int afterNo, int limit) {
    return db.sql(
            """
            select line, no, col, value, reason_zh, reason_en from cmdb.import_rejection
            where import_id = :id and (line, no) > (:line, :no) order by line, no limit :limit
            """)
        .param("id", id)
        .param("line", afterLine)
        .param("no", afterNo)
        .param("limit", limit)
        .query((row, _) ->
            new Imports.Rejection(
                row.getInt("line"),
                row.getInt("no"),
                row.getString("col"),
                row.getString("value"),
                new Label(row.getString("reason_zh"), row.getString("reason_en"))))
        .list();
  }
}
