package io.fettle.library;

import io.fettle.kernel.Label;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of the mirrors. */
@Component
class MirrorTable {
  private final JdbcClient sql;

  MirrorTable(JdbcClient sql) {
    this.sql = sql;
  }

  List<Mirror> all() {
    return sql.sql(
            """
            select name, url, made_by, made_at, done, done_at, behind_since, failures, next_at, error
            from library.mirror order by name
            """)
        .query((row, n) -> mirror(row))
        .list();
  }

  /** Adds or replaces; one that is replaced begins anew. */
  void put(String name, String url, String by, Instant at) {
    sql.sql(
            """
            insert into library.mirror (name, url, made_by, made_at, behind_since, next_at)
            values (:name, :url, :by, :at, :at, :at)
            on conflict (name) do update
            set url = excluded.url, made_by = excluded.made_by, made_at = excluded.made_at,
                done = null, behind_since = excluded.behind_since, failures = 0,
                next_at = excluded.next_at, error = null
            """)
        .param("name", name)
        .param("url", url)
        .param("by", by)
        .param("at", Timestamp.from(at))
        .update();
  }

  boolean remove(String name) {
    return sql.sql("delete from library.mirror where name = :name").param("name", name).update()
        == 1;
  }

  /** All that do not have this lack it since now, if not for longer. */
  void behind(String wanted, Instant now) {
    sql.sql(
            """
            update library.mirror set behind_since = :now
            where done is distinct from :wanted and behind_since is null
            """)
        .param("wanted", wanted)
        .param("now", Timestamp.from(now))
        .update();
  }

  /** It was brought to this, if it still is the mirror that it was. */
  void done(Mirror mirror, String wanted, Instant now, Instant next) {
    sql.sql(
            """
            update library.mirror
            set done = :wanted, done_at = :now, behind_since = null, failures = 0, error = null,
                next_at = :next
            where name = :name and made_at = :made
            """)
        .param("wanted", wanted)
        .param("now", Timestamp.from(now))
        .param("next", Timestamp.from(next))
        .param("name", mirror.name())
        .param("made", Timestamp.from(mirror.madeAt()))
        .update();
  }

  /** The words are kept as two lines, Chinese first; neither has a line break of its own. */
  void failed(Mirror mirror, Label error, Instant now, Instant next) {
    sql.sql(
            """
            update library.mirror
            set failures = failures + 1, error = :error, next_at = :next,
                behind_since = coalesce(behind_since, :now)
            where name = :name and made_at = :made
            """)
        .param("error", error.zh() + "\n" + error.en())
        .param("now", Timestamp.from(now))
        .param("next", Timestamp.from(next))
        .param("name", mirror.name())
        .param("made", Timestamp.from(mirror.madeAt()))
        .update();
  }

  private static Mirror mirror(ResultSet row) throws SQLException {
    return new Mirror(
        row.getString("name"),
        row.getString("url"),
        row.getString("made_by"),
        row.getTimestamp("made_at").toInstant(),
        row.getString("done"),
        instant(row, "done_at"),
        instant(row, "behind_since"),
        row.getInt("failures"),
        row.getTimestamp("next_at").toInstant(),
        error(row.getString("error")));
  }

  private static @Nullable Label error(@Nullable String kept) {
    if (kept == null) return null;
    int end = kept.indexOf('\n');
    return end < 0 ? Label.same(kept) : new Label(kept.substring(0, end), kept.substring(end + 1));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    Timestamp at = row.getTimestamp(column);
    return at == null ? null : at.toInstant();
  }
}
