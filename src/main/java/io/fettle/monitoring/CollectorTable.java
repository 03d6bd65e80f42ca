package io.fettle.monitoring;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.OptionalInt;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The collector rows. */
@Component
class CollectorTable {
  private final JdbcClient db;

  CollectorTable(JdbcClient db) {
    this.db = db;
  }

  /** A new start: its epoch. */
  int begin(String name, Instant now) {
    return db.sql(
            """
            insert into monitoring.collector (name, epoch, started_at, heartbeat)
            values (:name, 1, :now, :now)
            on conflict (name) do update
              set epoch = monitoring.collector.epoch + 1, started_at = :now, heartbeat = :now
            returning epoch
            """)
        .param("name", name)
        .param("now", now.atOffset(ZoneOffset.UTC))
        .query(Integer.class)
        .single();
  }

  /** Writes the heartbeat if this epoch still stands; the epoch that stands, empty when none. */
  OptionalInt beat(String name, int epoch, Instant now) {
    db.sql("update monitoring.collector set heartbeat = :now where name = :name and epoch = :epoch")
        .param("name", name)
        .param("epoch", epoch)
        .param("now", now.atOffset(ZoneOffset.UTC))
        .update();
    return db
        .sql("select epoch from monitoring.collector where name = :name")
        .param("name", name)
        .query((row, n) -> row.getInt("epoch"))
        .list()
        .stream()
        .mapToInt(Integer::intValue)
        .findFirst();
  }
}
