package io.fettle.library;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of branches, tags and their moves. */
@Component
class RefTable {
  private final JdbcClient sql;

  RefTable(JdbcClient sql) {
    this.sql = sql;
  }

  /** What was recorded of each branch and tag: name to commit. */
  Map<String, String> recorded() {
    Map<String, String> refs = new TreeMap<>();
    sql.sql("select name, commit_id from library.ref")
        .query(row -> {
          refs.put(row.getString("name"), row.getString("commit_id"));
        });
    return refs;
  }

  /** The commit at which this branch was last deleted here; empty when it is, or never was. */
  Optional<String> deletedAt(String ref) {
    return sql.sql(
            """
            select old_commit from library.move
            where new_commit is null and old_commit is not null
              and id = (select max(id) from library.move where ref = :ref)
            """)
        .param("ref", ref)
        .query((row, n) -> row.getString("old_commit"))
        .optional();
  }

  /** Whether this branch is known to have stood at this commit here, at any time. */
  boolean stood(String ref, String commit) {
    return sql.sql(
            """
            select exists (
              select from library.move
              where ref = :ref and (old_commit = :commit or new_commit = :commit))
            """)
        .param("ref", ref)
        .param("commit", commit)
        .query(Boolean.class)
        .single();
  }

  /** When a branch or tag last moved; empty for one that was not recorded yet. */
  Optional<Instant> movedAt(String ref) {
    return sql.sql("select moved_at from library.ref where name = :ref")
        .param("ref", ref)
        .query((row, n) -> row.getTimestamp(1).toInstant())
        .optional();
  }

  void moved(
      String ref,
      @Nullable String from,
      @Nullable String to,
      String actor,
      RefDesk.How how,
      @Nullable String reason,
      Instant at) {
    sql.sql(
            """
            insert into library.move (ref, old_commit, new_commit, actor, how, reason, at)
            values (:ref, :from, :to, :actor, :how, :reason, :at)
            """)
        .param("ref", ref)
        .param("from", from)
        .param("to", to)
        .param("actor", actor)
        .param("how", how.word())
        .param("reason", reason)
        .param("at", Timestamp.from(at))
        .update();
    if (to == null) sql.sql("delete from library.ref where name = :ref").param("ref", ref).update();
    else
      sql.sql(
              """
              insert into library.ref (name, commit_id, moved_at) values (:ref, :to, :at)
              on conflict (name) do update set commit_id = excluded.commit_id, moved_at = excluded.moved_at
              """)
          .param("ref", ref)
          .param("to", to)
          .param("at", Timestamp.from(at))
          .update();
  }

  /** Everybody who moved this branch since it was last created. */
  List<String> movers(String ref) {
    return sql.sql(
            """
            select distinct actor from library.move
            where ref = :ref
              and id >= coalesce(
                (select max(id) from library.move where ref = :ref and old_commit is null), 0)
            """)
        .param("ref", ref)
        .query((row, n) -> row.getString("actor"))
        .list();
  }
}
