package io.fettle.cmdb;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of intent documents. */
@Component
class IntentTable {
  private final JdbcClient db;

  IntentTable(JdbcClient db) {
    this.db = db;
  }

  record Row(
      String name,
      Intents.Origin origin,
      String text,
      String declaredBy,
      Instant declaredAt,
      long version,
      long applied,
      boolean removed,
      long machines) {}

  /** Keeps a document's text; the same text again changes nothing. */
  void put(String name, Intents.Origin origin, String text, String by, Instant now) {
    db.sql(
            """
            insert into cmdb.intent_document as d
              (name, origin, text, declared_by, declared_at, version)
            values (:name, :origin, :text, :by, :now, 1)
            on conflict (name) do update set origin = excluded.origin, text = excluded.text,
              declared_by = excluded.declared_by, declared_at = excluded.declared_at,
              version = d.version + 1, removed = false
            where d.text <> excluded.text or d.removed or d.origin <> excluded.origin
            """)
        .param("name", name)
        .param("origin", word(origin))
        .param("text", text)
        .param("by", by)
        .param("now", Sql.at(now))
        .update();
  }

  private static String word(Intents.Origin origin) {
    return origin.name().toLowerCase(Locale.ROOT);
  }

  /** Marks documents as taken back; they go for good once no machine has them. */
  int remove(List<String> names, Intents.Origin origin) {
    return db.sql(
            """
            update cmdb.intent_document set removed = true, version = version + 1
            where name = any(:names::text[]) and origin = :origin and not removed
            """)
        .param("names", names.toArray(String[]::new))
        .param("origin", word(origin))
        .update();
  }

  /** Changed machines have come to the document, or left it. */
  void moved(String name, int machines) {
    db.sql(
            """
            update cmdb.intent_document set machines = greatest(0, machines + :more)
             where name = :name
            """)
        .param("name", name)
        .param("more", machines)
        .update();
  }

  /** Every machine has this version now. */
  void applied(String name, long version, long machines) {
    db.sql(
            """
            update cmdb.intent_document set applied = :version, machines = :machines
            where name = :name and version = :version
            """)
        .param("name", name)
        .param("version", version)
        .param("machines", machines)
        .update();
  }

  void forget(String name, long version) {
    db.sql(
            """
            delete from cmdb.intent_document
            where name = :name and version = :version and removed
            """)
        .param("name", name)
        .param("version", version)
        .update();
  }

  List<Row> all() {
    return db.sql(
            """
            select name, origin, text, declared_by, declared_at, version, applied, removed, machines
            from cmdb.intent_document order by name
            """)
        .query((row, _) ->
            new Row(
                row.getString("name"),
                Intents.Origin.valueOf(row.getString("origin").toUpperCase(Locale.ROOT)),
                row.getString("text"),
                row.getString("declared_by"),
                Sql.instant(row, "declared_at"),
                row.getLong("version"),
                row.getLong("applied"),
                row.getBoolean("removed"),
                row.getLong("machines")))
        .list();
  }
}
