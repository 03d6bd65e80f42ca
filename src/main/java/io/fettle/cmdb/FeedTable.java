package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * SQL of the change feed. Numbers are given by one publisher at a time and after commit: the order
 * of a sequence is not the order in which transactions become visible.
 */
@Component
class FeedTable {
  private static final int AT_ONCE = 20_000;
  private final JdbcClient db;

  FeedTable(JdbcClient db) {
    this.db = db;
  }

  record Item(long no, AssetId asset) {}

  boolean pending() {
    return db.sql("select exists (select from cmdb.feed_pending)").query(Boolean.class).single();
  }

  /**
   * Gives numbers to what was committed; call in a transaction of its own.
   *
   * @return true when there may be more
   */
  boolean publish() {
    // Held to the end of the transaction: numbers become visible in the order they are given.
    db.sql("select pg_advisory_xact_lock(hashtext('cmdb.feed'))").query((_, _) -> 0).list();
    int given =
        db.sql(
                """
                with taken as (
                  delete from cmdb.feed_pending
                  where id in (select id from cmdb.feed_pending order by id limit :limit)
                  returning id, asset_id),
                last as (select asset_id, max(id) id from taken group by asset_id),
                numbered as (
                  select asset_id, nextval('cmdb.feed_seq') no
                  from (select asset_id from last order by id) o)
                insert into cmdb.feed (asset_id, feed_no) select asset_id, no from numbered
                on conflict (asset_id) do update set feed_no = excluded.feed_no
                """)
            .param("limit", AT_ONCE)
            .update();
    return given > 0;
  }

  List<Item> after(long no, int limit) {
    return db.sql(
            """
            select feed_no, asset_id from cmdb.feed
            where feed_no > :no order by feed_no limit :limit
            """)
        .param("no", no)
        .param("limit", limit)
        .query((row, _) -> new Item(row.getLong("feed_no"), Sql.asset(row, "asset_id")))
        .list();
  }

  long end() {
    return db.sql("select coalesce(max(feed_no), 0) from cmdb.feed").query(Long.class).single();
  }

  /** How far a follower of this room has read; empty when it never did. */
  Optional<Long> follower(String name) {
    return db.sql("select feed_no from cmdb.follower where name = :name")
        .param("name", name)
        .query(Long.class)
        .optional();
  }

  void follow(String name, long no) {
    db.sql(
            """
            insert into cmdb.follower (name, feed_no) values (:name, :no)
            on conflict (name) do update set feed_no = excluded.feed_no
            """)
        .param("name", name)
        .param("no", no)
        .update();
  }
}
