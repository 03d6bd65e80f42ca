package io.fettle.fault;

import java.util.OptionalLong;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How far this room has followed the register's change feed. */
@Component
class FeedMarkTable {
  private final JdbcClient db;

  FeedMarkTable(JdbcClient db) {
    this.db = db;
  }

  OptionalLong get() {
    return db
        .sql("select feed_no from fault.feed")
        .query((row, n) -> row.getLong("feed_no"))
        .list()
        .stream()
        .mapToLong(Long::longValue)
        .findFirst();
  }

  void put(long feedNo) {
    db.sql(
            """
            insert into fault.feed (feed_no) values (:no)
            on conflict (one) do update set feed_no = greatest(fault.feed.feed_no, :no)
            """)
        .param("no", feedNo)
        .update();
  }
}
