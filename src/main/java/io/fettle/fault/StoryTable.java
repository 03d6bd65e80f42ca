package io.fettle.fault;

import io.fettle.kernel.Label;
import io.fettle.kernel.RemoteText;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The entries of faults' stories. */
@Component
class StoryTable {
  private static final int MOST = 2_000;

  private final JdbcClient db;

  StoryTable(JdbcClient db) {
    this.db = db;
  }

  void add(FaultId fault, StoryEntry entry) {
    db.sql(
            """
            insert into fault.story (fault, at, kind, title_zh, title_en, details)
            values (:fault, :at, :kind, :zh, :en, :details::jsonb)
            """)
        .param("fault", fault.value())
        .param("at", FaultTable.utc(entry.at()))
        .param("kind", RemoteText.cut(entry.kind(), 40))
        .param("zh", RemoteText.cut(entry.title().zh(), 2_000))
        .param("en", RemoteText.cut(entry.title().en(), 2_000))
        .param("details", Json.write(entry.details()))
        .update();
  }

  /** Oldest first; of a very long story the newest entries. */
  List<StoryEntry> of(FaultId fault) {
    return db.sql(
            """
            select at, kind, title_zh, title_en, details from (
              select no, at, kind, title_zh, title_en, details from fault.story
               where fault = :fault order by no desc limit :most) newest
             order by no
            """)
        .param("fault", fault.value())
        .param("most", MOST)
        .query((row, n) ->
            new StoryEntry(
                FaultTable.requiredInstant(row, "at"),
                row.getString("kind"),
                new Label(row.getString("title_zh"), row.getString("title_en")),
                Json.read(row.getString("details"))))
        .list();
  }
}
