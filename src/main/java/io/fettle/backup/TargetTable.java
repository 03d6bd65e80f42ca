package io.fettle.backup;

import io.fettle.kernel.Label;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What is known of each target: which backup it has, since when it lacks one, and why. */
@Component
class TargetTable {
  private final JdbcClient jdbc;

  TargetTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * One target.
   *
   * @param backup the newest that was brought there; null when none was
   * @param behindSince since when the newest here is not there; null while it is
   * @param failures in a row
   * @param renewed pieces that were found damaged there so far and were written anew
   * @param why what went wrong last, with an earlier backup if the newest is there; empty words
   *     when it went well
   */
  record State(
      String name,
      String url,
      @Nullable String backup,
      @Nullable Instant doneAt,
      @Nullable Instant behindSince,
      int failures,
      Instant nextAt,
      long sent,
      int kept,
      long renewed,
      Label why) {}

  /** The target as it stands; made at the first look, and anew when its address is another. */
  State of(Target target, Instant now) {
    jdbc.sql(
            """
            insert into backup.target (name, url, next_at) values (:name, :url, :now)
            on conflict (name) do update
            set url = excluded.url, backup = null, done_at = null, behind_since = null, failures = 0,
                next_at = excluded.next_at, sent = 0, kept = 0, renewed = 0, why_zh = '', why_en = ''
            where backup.target.url <> excluded.url
            """)
        .param("name", target.name())
        .param("url", target.url())
        .param("now", time(now))
        .update();
    return find(target.name()).orElseThrow();
  }

  Optional<State> find(String name) {
    return jdbc.sql(
            """
            select name, url, backup, done_at, behind_since, failures, next_at, sent, kept, renewed, why_zh,
              why_en
            from backup.target where name = :name
            """)
        .param("name", name)
        .query(TargetTable::state)
        .optional();
  }

  /** It lacks a backup since then, if not for longer. */
  void behind(String name, Instant since) {
    jdbc.sql(
            """
            update backup.target set behind_since = :since
            where name = :name and behind_since is null
            """)
        .param("name", name)
        .param("since", time(since))
        .update();
  }

  void done(Target target, String backup, TargetCopy.Done done, Instant at) {
    jdbc.sql(
            """
            update backup.target
            set backup = :backup, done_at = :at, behind_since = null, failures = 0, next_at = :at,
                sent = :sent, kept = :kept, renewed = renewed + :renewed, why_zh = :zh, why_en = :en
            where name = :name and url = :url
            """)
        .param("name", target.name())
        .param("url", target.url())
        .param("backup", backup)
        .param("at", time(at))
        .param("sent", done.sent())
        .param("kept", done.kept())
        .param("renewed", done.renewed())
        .param("zh", done.without().zh())
        .param("en", done.without().en())
        .update();
  }

  void failed(Target target, Label why, Instant next) {
    jdbc.sql(
            """
            update backup.target
            set failures = failures + 1, next_at = :next, why_zh = :zh, why_en = :en
            where name = :name and url = :url
            """)
        .param("name", target.name())
        .param("url", target.url())
        .param("next", time(next))
        .param("zh", why.zh())
        .param("en", why.en())
        .update();
  }

  private static State state(ResultSet row, int number) throws SQLException {
    return new State(
        row.getString("name"),
        row.getString("url"),
        row.getString("backup"),
        instant(row, "done_at"),
        instant(row, "behind_since"),
        row.getInt("failures"),
        row.getObject("next_at", OffsetDateTime.class).toInstant(),
        row.getLong("sent"),
        row.getInt("kept"),
        row.getLong("renewed"),
        new Label(row.getString("why_zh"), row.getString("why_en")));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }

  private static OffsetDateTime time(Instant at) {
    return at.atOffset(ZoneOffset.UTC);
  }
}
