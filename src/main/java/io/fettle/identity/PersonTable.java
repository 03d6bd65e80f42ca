package io.fettle.identity;

import io.fettle.kernel.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of people and teams. */
@Component
class PersonTable {
  private static final String SELECT =
      """
      select p.id, p.name, p.display_name, p.roles, p.must_change, p.disabled_at, p.created_at,
             p.signed_in_at, p.password_hash, p.password_version,
             array(select t.team from identity.person_team t where t.person_id = p.id order by 1) as teams
      from identity.person p
      """;

  private final JdbcClient sql;

  PersonTable(JdbcClient sql) {
    this.sql = sql;
  }

  /** A person with what sign-in compares; never leaves the room. */
  record Account(Person person, String passwordHash, int passwordVersion) {
    @Override
    public String toString() {
      return "Account[" + person.name() + "]";
    }
  }

  Optional<Account> account(String name) {
    return sql.sql(SELECT + " where p.name = :name")
        .param("name", name)
        .query((row, n) -> account(row))
        .optional();
  }

  Optional<Account> account(UUID id) {
    return sql.sql(SELECT + " where p.id = :id")
        .param("id", id)
        .query((row, n) -> account(row))
        .optional();
  }

  List<Person> after(String name, int limit) {
    return sql.sql(SELECT + " where p.name > :name order by p.name limit :limit")
        .param("name", name)
        .param("limit", limit)
        .query((row, n) -> account(row).person())
        .list();
  }

  /** True when the name was free. */
  boolean insert(NewPerson person, String hash, boolean mustChange, Instant now) {
    return sql.sql(
                """
                insert into identity.person
                  (name, display_name, roles, password_hash, must_change, created_at)
                values (:name, :display, :roles, :hash, :mustChange, :now)
                on conflict (name) do nothing
                """)
            .param("name", person.name())
            .param("display", person.displayName())
            .param("roles", names(person.roles()))
            .param("hash", hash)
            .param("mustChange", mustChange)
            .param("now", Timestamp.from(now))
            .update()
        == 1;
  }

  void update(UUID id, String displayName, Set<Role> roles, @Nullable Instant disabledAt) {
    sql.sql(
            """
            update identity.person
            set display_name = :display, roles = :roles, disabled_at = :disabled
            where id = :id
            """)
        .param("id", id)
        .param("display", displayName)
        .param("roles", names(roles))
        .param("disabled", disabledAt == null ? null : Timestamp.from(disabledAt))
        .update();
  }

  /** Compare-and-set on the version, so that of two changes at once one fails. */
  boolean updatePassword(UUID id, int version, String hash, boolean mustChange) {
    return sql.sql(
                """
                update identity.person
                set password_hash = :hash, must_change = :mustChange, password_version = :version + 1
                where id = :id and password_version = :version
                """)
            .param("id", id)
            .param("version", version)
            .param("hash", hash)
            .param("mustChange", mustChange)
            .update()
        == 1;
  }

  /** A better hash of the same password; sessions go on. */
  void rehash(UUID id, int version, String hash) {
    sql.sql(
            """
            update identity.person set password_hash = :hash
            where id = :id and password_version = :version
            """)
        .param("id", id)
        .param("version", version)
        .param("hash", hash)
        .update();
  }

  void signedIn(UUID id, Instant now) {
    sql.sql("update identity.person set signed_in_at = :now where id = :id")
        .param("id", id)
        .param("now", Timestamp.from(now))
        .update();
  }

  /** Locks the administrators who may sign in and counts them. */
  int administrators() {
    return sql.sql(
            """
            select id from identity.person
            where 'ADMINISTRATOR' = any(roles) and disabled_at is null
            order by id for update
            """)
        .query(UUID.class)
        .list()
        .size();
  }

  void replaceTeams(UUID id, Collection<String> teams, Instant now) {
    sql.sql("delete from identity.person_team where person_id = :id").param("id", id).update();
    for (String team : teams) {
      sql.sql(
              """
              insert into identity.team (name, created_at) values (:team, :now)
              on conflict (name) do nothing
              """)
          .param("team", team)
          .param("now", Timestamp.from(now))
          .update();
      sql.sql("insert into identity.person_team (person_id, team) values (:id, :team)")
          .param("id", id)
          .param("team", team)
          .update();
    }
  }

  List<String> teams() {
    return sql.sql("select name from identity.team order by name limit 1000")
        .query((row, n) -> row.getString("name"))
        .list();
  }

  static String[] names(Collection<Role> roles) {
    return roles.stream().sorted().map(Role::name).toArray(String[]::new);
  }

  static List<String> texts(ResultSet row, String column) throws SQLException {
    List<String> texts = new ArrayList<>();
    for (Object text : (Object[]) row.getArray(column).getArray()) texts.add(text.toString());
    return texts;
  }

  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    Timestamp at = row.getTimestamp(column);
    return at == null ? null : at.toInstant();
  }

  private static Account account(ResultSet row) throws SQLException {
    Person person =
        new Person(
            row.getObject("id", UUID.class),
            row.getString("name"),
            row.getString("display_name"),
            roles(row),
            texts(row, "teams"),
            row.getBoolean("must_change"),
            instant(row, "disabled_at"),
            row.getTimestamp("created_at").toInstant(),
            instant(row, "signed_in_at"));
    return new Account(person, row.getString("password_hash"), row.getInt("password_version"));
  }

  private static Set<Role> roles(ResultSet row) throws SQLException {
    return Arrays.stream((String[]) row.getArray("roles").getArray())
        .map(Role::valueOf)
        .collect(Collectors.toUnmodifiableSet());
  }
}
