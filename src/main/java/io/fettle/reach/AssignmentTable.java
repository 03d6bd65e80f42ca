package io.fettle.reach;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The room's only SQL. */
@Repository
class AssignmentTable {
  private final JdbcClient db;

  AssignmentTable(JdbcClient db) {
    this.db = db;
  }

  /** Assigns a credential; one that has an assignment gets this one instead. */
  void put(Assignment assignment) {
    db.sql(
            """
            insert into reach.assignment (credential, kind, query, priority, created_at, created_by)
            values (:credential, :kind, :query, :priority, :createdAt, :createdBy)
            on conflict (credential) do update
            set kind = excluded.kind, query = excluded.query, priority = excluded.priority,
                created_at = excluded.created_at, created_by = excluded.created_by
            """)
        .param("credential", assignment.credential())
        .param("kind", Assignment.word(assignment.kind()))
        .param("query", assignment.query())
        .param("priority", assignment.priority())
        .param("createdAt", assignment.createdAt().atOffset(ZoneOffset.UTC))
        .param("createdBy", assignment.createdBy())
        .update();
    changed();
  }

  boolean remove(String credential) {
    int rows =
        db.sql("delete from reach.assignment where credential = :credential")
            .param("credential", credential)
            .update();
    if (rows > 0) changed();
    return rows > 0;
  }

  /** Who wins first. */
  List<Assignment> inOrder() {
    return db.sql(
            """
            select id, credential, kind, query, priority, created_at, created_by
            from reach.assignment order by priority desc, created_at desc, id desc
            """)
        .query(AssignmentTable::row)
        .list();
  }

  long version() {
    return db.sql("select version from reach.assignment_version").query(Long.class).single();
  }

  private void changed() {
    db.sql("update reach.assignment_version set version = version + 1").update();
  }

  private static Assignment row(ResultSet row, int number) throws SQLException {
    Instant at = row.getObject("created_at", OffsetDateTime.class).toInstant();
    return new Assignment(
        row.getLong("id"),
        row.getString("credential"),
        Assignment.kind(row.getString("kind")),
        row.getString("query"),
        row.getInt("priority"),
        at,
        row.getString("created_by"));
  }
}
