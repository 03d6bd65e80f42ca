package io.fettle.identity;

import io.fettle.kernel.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of API tokens. */
@Component
class TokenTable {
  private static final String COLUMNS =
      "id, name, role, teams, local, person_id, created_by, created_at, expires_at, last_used_at";

  private final JdbcClient sql;

  TokenTable(JdbcClient sql) {
    this.sql = sql;
  }

  /** A token and the person it never outgrows. */
  record Held(Token token, Optional<UUID> person) {}

  Token insert(Token token, byte[] hash, @Nullable UUID person) {
    UUID id =
        sql.sql(
                """
                insert into identity.token
                  (name, hash, role, teams, local, person_id, created_by, created_at, expires_at)
                values (:name, :hash, :role, :teams, :local, :person, :by, :at, :expires)
                returning id
                """)
            .param("name", token.name())
            .param("hash", hash)
            .param("role", token.role().name())
            .param("teams", token.teams().toArray(String[]::new))
            .param("local", token.local())
            .param("person", person)
            .param("by", token.createdBy())
            .param("at", Timestamp.from(token.createdAt()))
            .param("expires", Timestamp.from(token.expiresAt()))
            .query(UUID.class)
            .single();
    return new Token(
        id,
        token.name(),
        token.role(),
        token.teams(),
        token.local(),
        token.createdBy(),
        token.createdAt(),
        token.expiresAt(),
        null);
  }

  /** The token with this hash, neither revoked nor expired. */
  Optional<Held> alive(byte[] hash, Instant now) {
    return sql.sql(
            "select "
                + COLUMNS
                + " from identity.token where hash = :hash and revoked_at is null and expires_at > :now")
        .param("hash", hash)
        .param("now", Timestamp.from(now))
        .query((row, n) -> held(row))
        .optional();
  }

  Optional<Held> find(UUID id) {
    return sql.sql(
            "select " + COLUMNS + " from identity.token where id = :id and revoked_at is null")
        .param("id", id)
        .query((row, n) -> held(row))
        .optional();
  }

  /** Newest first; of one maker, or of all. */
  List<Token> before(@Nullable UUID id, @Nullable String createdBy, int limit) {
    return sql.sql(
            "select "
                + COLUMNS
                + """
                 from identity.token
                where revoked_at is null
                  and (:id::uuid is null or id < :id)
                  and (:by::text is null or created_by = :by)
                order by id desc limit :limit
                """)
        .param("id", id)
        .param("by", createdBy)
        .param("limit", limit)
        .query((row, n) -> held(row).token())
        .list();
  }

  /** Makers of all tokens of this name, ended ones too. */
  List<String> makers(String name) {
    return sql.sql("select distinct created_by from identity.token where name = :name")
        .param("name", name)
        .query((row, n) -> row.getString("created_by"))
        .list();
  }

  /** Notes the use, at most once a minute per token. */
  void used(UUID id, Instant now) {
    sql.sql(
            """
            update identity.token set last_used_at = :now
            where id = :id and (last_used_at is null or last_used_at < :minuteAgo)
            """)
        .param("id", id)
        .param("now", Timestamp.from(now))
        .param("minuteAgo", Timestamp.from(now.minusSeconds(60)))
        .update();
  }

  boolean revoke(UUID id, Instant now) {
    return sql.sql(
                "update identity.token set revoked_at = :now where id = :id and revoked_at is null")
            .param("id", id)
            .param("now", Timestamp.from(now))
            .update()
        == 1;
  }

  void removeLocal(String name) {
    sql.sql("delete from identity.token where local and name = :name").param("name", name).update();
  }

  int removeLocalBut(String name) {
    return sql.sql("delete from identity.token where local and name <> :name")
        .param("name", name)
        .update();
  }

  private static Held held(ResultSet row) throws SQLException {
    Token token =
        new Token(
            row.getObject("id", UUID.class),
            row.getString("name"),
            Role.valueOf(row.getString("role")),
            PersonTable.texts(row, "teams"),
            row.getBoolean("local"),
            row.getString("created_by"),
            row.getTimestamp("created_at").toInstant(),
            row.getTimestamp("expires_at").toInstant(),
            PersonTable.instant(row, "last_used_at"));
    return new Held(token, Optional.ofNullable(row.getObject("person_id", UUID.class)));
  }

  static Collection<String> sorted(Collection<String> teams) {
    return teams.stream().sorted().toList();
  }
}
