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

  /** An entry and whose story it belongs to. */
  record Told(FaultId fault, StoryEntry entry) {}

  /** Adds entries, in this order. */
  void add(List<Told> told) {
    if (told.isEmpty()) return;
    db.sql(
            """
            insert into fault.story (fault, at, kind, title_zh, title_en, details)
            select fault, at, kind, zh, en, details
            from unnest(:faults::bigint[], :ats::timestamptz[], :kinds::text[], :zhs::text[],
                :ens::text[], :details::jsonb[]) with ordinality
              s (fault, at, kind, zh, en, details, n)
            order by n
            """)
        .param("faults", Columns.of(told, t -> t.fault().value()))
        .param("ats", Columns.of(told, t -> t.entry().at()))
        .param("kinds", Columns.of(told, t -> RemoteText.cut(t.entry().kind(), 40)))
        .param("zhs", Columns.of(told, t -> RemoteText.cut(t.entry().title().zh(), 2_000)))
        .param("ens", Columns.of(told, t -> RemoteText.cut(t.entry().title().en(), 2_000)))
        .param("details", Columns.of(told, t -> Json.write(t.entry().details())))
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
