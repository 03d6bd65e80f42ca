package io.fettle.audit;

import io.fettle.kernel.Actor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** SQL of {@code audit.entry}. */
@Component
class EntryTable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final String SELECT =
      """
      select e.id, e.at, e.actor_kind, e.actor, e.action, e.object, e.reason, e.details::text,
             exists (select from audit.seal s where s.ids @> e.id) as sealed
      from audit.entry e
      where e.id < :id
      """;

  private final JdbcClient sql;

  EntryTable(JdbcClient sql) {
    this.sql = sql;
  }

  void insert(
      Instant at,
      Actor who,
      String action,
      String object,
      @Nullable String reason,
      Map<String, ?> details) {
    sql.sql(
            """
            insert into audit.entry (at, actor_kind, actor, action, object, reason, details)
            values (:at, :kind, :actor, :action, :object, :reason, :details::jsonb)
            """)
        .param("at", Timestamp.from(at.truncatedTo(ChronoUnit.MICROS)))
        .param("kind", who.kind().name())
        .param("actor", who.name())
        .param("action", action)
        .param("object", object)
        .param("reason", reason)
        .param("details", JSON.writeValueAsString(details))
        .update();
  }

  /** Rows with a smaller id, newest first. */
  List<AuditEntry> before(AuditFilter filter, long id, int limit) {
    return sql.sql(SELECT + where(filter) + " order by e.id desc limit :limit")
        .param("id", id)
        .param("actor", filter.actor().orElse(null))
        .param("action", filter.action().orElse(null))
        .param("object", filter.object().orElse(null))
        .param("limit", limit)
        .query((row, n) -> entry(row, row.getBoolean("sealed")))
        .list();
  }

  /** Only the conditions that are asked for: each set of them has an index of its own. */
  private static String where(AuditFilter filter) {
    return (filter.actor().isPresent() ? " and e.actor = :actor" : "")
        + (filter.action().isPresent() ? " and starts_with(e.action, :action)" : "")
        + (filter.object().isPresent() ? " and e.object = :object" : "");
  }

  static AuditEntry entry(ResultSet row, boolean sealed) throws SQLException {
    Actor actor =
        new Actor(Actor.Kind.valueOf(row.getString("actor_kind")), row.getString("actor"));
    return new AuditEntry(
        row.getLong("id"),
        row.getTimestamp("at").toInstant(),
        actor,
        row.getString("action"),
        row.getString("object"),
        row.getString("reason"),
        row.getString("details"),
        sealed);
  }
}
