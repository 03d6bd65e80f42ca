package io.fettle.audit;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * SQL of {@code audit.seal}.
 *
 * <p>The order of ids is not the order of commits, so "what came after the last link" cannot be
 * asked by id. A link therefore names its rows ({@code ids}), and a row is sealed once a link names
 * it; {@code next_xid} only shortens the search: every transaction below it had ended when the link
 * before was made, so all its rows are sealed. Transaction numbers mean something only in the
 * cluster that gave them ({@code era}): after a restore the first search reads every row.
 */
@Component
class SealTable {
  private final JdbcClient sql;

  SealTable(JdbcClient sql) {
    this.sql = sql;
  }

  /** One stored link; xids as decimal text. */
  record Seal(
      long batch,
      String era,
      String nextXid,
      String ids,
      int rows,
      Instant sealedAt,
      byte[] previous,
      byte[] hash) {}

  /** The sealer's view of now: the cluster, the oldest running and the next transaction. */
  record Horizon(String era, String xmin, String xmax) {}

  /** Takes the sealer's place until the transaction ends; false when another node has it. */
  boolean alone() {
    return sql.sql("select pg_try_advisory_xact_lock(hashtext('audit.seal'))")
        .query(Boolean.class)
        .single();
  }

  /** Must run in the transaction that reads the rows, at repeatable read. */
  Horizon horizon() {
    return sql.sql(
            """
            select (select system_identifier::text from pg_control_system()) as era,
                   pg_snapshot_xmin(pg_current_snapshot())::text as xmin,
                   pg_snapshot_xmax(pg_current_snapshot())::text as xmax
            """)
        .query((row, n) ->
            new Horizon(row.getString("era"), row.getString("xmin"), row.getString("xmax")))
        .single();
  }

  Optional<Seal> last() {
    return sql.sql(
            """
            select batch, era, next_xid::text, ids::text, rows, sealed_at, previous_hash, hash
            from audit.seal order by batch desc limit 1
            """)
        .query((row, n) -> seal(row))
        .optional();
  }

  /** Links after this one, in order. */
  List<Seal> after(long batch, int limit) {
    return sql.sql(
            """
            select batch, era, next_xid::text, ids::text, rows, sealed_at, previous_hash, hash
            from audit.seal where batch > :batch order by batch limit :limit
            """)
        .param("batch", batch)
        .param("limit", limit)
        .query((row, n) -> seal(row))
        .list();
  }

  /**
   * Visible rows of transactions from {@code from} on that no link names, by id. Searched in the
   * order of transactions, so that the index on them serves also before the table is analysed.
   */
  List<AuditEntry> unsealed(String from, String xmax, int limit) {
    return sql
        .sql(
            """
            select e.id, e.at, e.actor_kind, e.actor, e.action, e.object, e.reason, e.details::text
            from audit.entry e
            where e.xid >= :from::xid8 and e.xid < :xmax::xid8
              and not exists (select from audit.seal s where s.ids @> e.id)
            order by e.xid, e.id limit :limit
            """)
        .param("from", from)
        .param("xmax", xmax)
        .param("limit", limit)
        .query((row, n) -> EntryTable.entry(row, false))
        .list()
        .stream()
        .sorted(Comparator.comparingLong(AuditEntry::id))
        .toList();
  }

  /** Rows that a link names, oldest id first; fewer than it names when some are gone. */
  List<AuditEntry> rows(long batch) {
    return sql.sql(
            """
            select e.id, e.at, e.actor_kind, e.actor, e.action, e.object, e.reason, e.details::text
            from (select unnest(ids) as span from audit.seal where batch = :batch) s
            join audit.entry e on e.id >= lower(s.span) and e.id < upper(s.span)
            order by e.id
            """)
        .param("batch", batch)
        .query((row, n) -> EntryTable.entry(row, true))
        .list();
  }

  void insert(Seal seal) {
    sql.sql(
            """
            insert into audit.seal (batch, era, next_xid, ids, rows, sealed_at, previous_hash, hash)
            values (:batch, :era, :next::xid8, :ids::int8multirange, :rows, :at, :previous, :hash)
            """)
        .param("batch", seal.batch())
        .param("era", seal.era())
        .param("next", seal.nextXid())
        .param("ids", seal.ids())
        .param("rows", seal.rows())
        .param("at", Timestamp.from(seal.sealedAt()))
        .param("previous", seal.previous())
        .param("hash", seal.hash())
        .update();
  }

  /**
   * What no link names, reckoned: all rows less those the links name. Right where every row that a
   * link names is still there; looks closely only at the newest rows.
   */
  Tail tail() {
    return sql.sql(
            """
            with last as (
              select next_xid from audit.seal
              where era = (select system_identifier::text from pg_control_system())
                and batch = (select max(batch) from audit.seal)),
            counts as (
              select (select count(*) from audit.entry)
                       - (select coalesce(sum(rows), 0) from audit.seal) as unsealed,
                     (select count(*) from audit.entry e
                      where e.xid >= (select next_xid from last)
                        and not exists (select from audit.seal s where s.ids @> e.id)) as fresh)
            select unsealed,
                   case when exists (select from last) then unsealed - fresh else 0 end as strays
            from counts
            """)
        .query((row, n) -> new Tail(row.getLong("unsealed"), row.getLong("strays")))
        .single();
  }

  /** The number of rows that no link names, counted one by one. */
  long unsealed() {
    return sql.sql(
            """
            select count(*) from audit.entry e
            where not exists (select from audit.seal s where s.ids @> e.id)
            """)
        .query((row, n) -> row.getLong(1))
        .single();
  }

  /** What is not sealed. */
  record Tail(long unsealed, long strays) {}

  private static Seal seal(java.sql.ResultSet row) throws java.sql.SQLException {
    return new Seal(
        row.getLong("batch"),
        row.getString("era"),
        row.getString("next_xid"),
        row.getString("ids"),
        row.getInt("rows"),
        row.getTimestamp("sealed_at").toInstant(),
        row.getBytes("previous_hash"),
        row.getBytes("hash"));
  }
}
