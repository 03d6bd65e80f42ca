package io.fettle.identity;

import java.sql.Timestamp;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of the tries that did not (yet) prove right. */
@Component
class FailureTable {
  private final JdbcClient sql;

  FailureTable(JdbcClient sql) {
    this.sql = sql;
  }

  /** What is known of one key. */
  record Tries(int failures, Instant lastAt, Instant blockedUntil) {}

  /** The row of the key, made when absent, locked until the transaction ends. */
  Tries lock(byte[] key, Instant now) {
    sql.sql(
            """
            insert into identity.sign_in_failure (key, failures, last_at, blocked_until)
            values (:key, 0, :now, :now) on conflict (key) do nothing
            """)
        .param("key", key)
        .param("now", Timestamp.from(now))
        .update();
    return sql.sql(
            """
            select failures, last_at, blocked_until from identity.sign_in_failure
            where key = :key for update
            """)
        .param("key", key)
        .query((row, n) ->
            new Tries(
                row.getInt("failures"),
                row.getTimestamp("last_at").toInstant(),
                row.getTimestamp("blocked_until").toInstant()))
        .single();
  }

  void update(byte[] key, Tries tries) {
    sql.sql(
            """
            update identity.sign_in_failure
            set failures = :failures, last_at = :last, blocked_until = :until where key = :key
            """)
        .param("key", key)
        .param("failures", tries.failures())
        .param("last", Timestamp.from(tries.lastAt()))
        .param("until", Timestamp.from(tries.blockedUntil()))
        .update();
  }

  void delete(byte[] key) {
    sql.sql("delete from identity.sign_in_failure where key = :key").param("key", key).update();
  }

  /** Takes back one try that proved right. */
  void takeBack(byte[] key, Instant now) {
    sql.sql(
            """
            update identity.sign_in_failure
            set failures = greatest(failures - 1, 0), blocked_until = least(blocked_until, :now)
            where key = :key
            """)
        .param("key", key)
        .param("now", Timestamp.from(now))
        .update();
  }

  /**
   * Drops some rows that rested since then: more than one try can make, so the table stays small.
   */
  void forget(Instant before) {
    sql.sql(
            """
            delete from identity.sign_in_failure where key in (
              select key from identity.sign_in_failure where last_at < :before
              limit 20 for update skip locked)
            """)
        .param("before", Timestamp.from(before))
        .update();
  }
}
