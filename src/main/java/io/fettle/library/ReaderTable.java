package io.fettle.library;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of those who read over rsync. */
@Component
class ReaderTable {
  private final JdbcClient sql;

  ReaderTable(JdbcClient sql) {
    this.sql = sql;
  }

  List<Readers.Reader> all() {
    return sql.sql("select name, made_by, made_at from library.reader order by name")
        .query((row, n) ->
            new Readers.Reader(
                row.getString("name"),
                row.getString("made_by"),
                row.getTimestamp("made_at").toInstant()))
        .list();
  }

  void put(String name, String by, Instant at) {
    sql.sql(
            """
            insert into library.reader (name, made_by, made_at) values (:name, :by, :at)
            on conflict (name) do update set made_by = excluded.made_by, made_at = excluded.made_at
            """)
        .param("name", name)
        .param("by", by)
        .param("at", Timestamp.from(at))
        .update();
  }

  boolean remove(String name) {
    return sql.sql("delete from library.reader where name = :name").param("name", name).update()
        == 1;
  }
}
