package io.fettle.secret;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of credentials and of what is known of the master keys. */
@Component
class CredentialTable {
  private final JdbcClient sql;

  CredentialTable(JdbcClient sql) {
    this.sql = sql;
  }

  /** A credential as stored. */
  record Sealed(
      String name,
      Credential.Kind kind,
      String user,
      String masterKey,
      byte[] sealedKey,
      byte[] sealed) {
    @Override
    public String toString() {
      return "Sealed[" + name + "]";
    }
  }

  Optional<Sealed> find(String name) {
    return sql.sql(
            """
            select name, kind, username, master_key, sealed_key, sealed
            from secret.credential where name = :name
            """)
        .param("name", name)
        .query((row, n) -> sealed(row))
        .optional();
  }

  /** True when it replaced one of this name. */
  boolean put(Sealed sealed, Instant now) {
    return sql.sql(
            """
            insert into secret.credential
              (name, kind, username, master_key, sealed_key, sealed, updated_at)
            values (:name, :kind, :user, :master, :sealedKey, :sealed, :now)
            on conflict (name) do update set
              kind = excluded.kind, username = excluded.username, master_key = excluded.master_key,
              sealed_key = excluded.sealed_key, sealed = excluded.sealed,
              updated_at = excluded.updated_at
            returning old.name is not null as replaced
            """)
        .param("name", sealed.name())
        .param("kind", sealed.kind().name())
        .param("user", sealed.user())
        .param("master", sealed.masterKey())
        .param("sealedKey", sealed.sealedKey())
        .param("sealed", sealed.sealed())
        .param("now", Timestamp.from(now))
        .query((row, n) -> row.getBoolean("replaced"))
        .single();
  }

  /** Compare-and-set on the old master key. */
  void rewrap(String name, String oldKey, String newKey, byte[] sealedKey) {
    sql.sql(
            """
            update secret.credential set master_key = :new, sealed_key = :sealedKey
            where name = :name and master_key = :old
            """)
        .param("name", name)
        .param("old", oldKey)
        .param("new", newKey)
        .param("sealedKey", sealedKey)
        .update();
  }

  boolean remove(String name) {
    return sql.sql("delete from secret.credential where name = :name").param("name", name).update()
        == 1;
  }

  List<Secrets.Entry> list(int limit) {
    return sql.sql("select name, kind, username from secret.credential order by name limit :limit")
        .param("limit", limit)
        .query((row, n) ->
            new Secrets.Entry(
                row.getString("name"),
                Credential.Kind.valueOf(row.getString("kind")),
                row.getString("username")))
        .list();
  }

  /** Credentials whose key is not sealed with this master key. */
  List<Sealed> notUnder(String masterKey, int limit) {
    return sql.sql(
            """
            select name, kind, username, master_key, sealed_key, sealed
            from secret.credential where master_key <> :key order by name limit :limit
            """)
        .param("key", masterKey)
        .param("limit", limit)
        .query((row, n) -> sealed(row))
        .list();
  }

  /** Ids of the master keys that some credential needs. */
  List<String> keysInUse() {
    return sql.sql(
            "select id from secret.master_key k where exists (select from secret.credential c where c.master_key = k.id) order by id")
        .query((row, n) -> row.getString("id"))
        .list();
  }

  Optional<byte[]> checkValue(String id) {
    return sql.sql("select check_value from secret.master_key where id = :id")
        .param("id", id)
        .query((row, n) -> row.getBytes("check_value"))
        .optional();
  }

  void insertKey(String id, byte[] checkValue, Instant now) {
    sql.sql(
            """
            insert into secret.master_key (id, check_value, created_at) values (:id, :check, :now)
            on conflict (id) do nothing
            """)
        .param("id", id)
        .param("check", checkValue)
        .param("now", Timestamp.from(now))
        .update();
  }

  private static Sealed sealed(java.sql.ResultSet row) throws java.sql.SQLException {
    return new Sealed(
        row.getString("name"),
        Credential.Kind.valueOf(row.getString("kind")),
        row.getString("username"),
        row.getString("master_key"),
        row.getBytes("sealed_key"),
        row.getBytes("sealed"));
  }
}
