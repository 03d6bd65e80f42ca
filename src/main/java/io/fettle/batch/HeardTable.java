package io.fettle.batch;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of what was heard: output in pieces, and ends. */
@Component
class HeardTable {
  private final JdbcClient jdbc;

  HeardTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A piece on its way to the table. */
  record Piece(JobId job, int no, String kind, String body) {
    static Piece end(JobId job, int no) {
      return new Piece(job, no, "END", "");
    }
  }

  /** A stored piece; its id is the cursor of who follows. */
  record Heard(long id, int no, String kind, String body) {}

  void add(List<Piece> pieces) {
    if (pieces.isEmpty()) return;
    jdbc.sql(
            """
            insert into batch.feed (job_id, no, kind, body)
            select s.job, s.no, s.kind, s.body
              from unnest(:jobs::bigint[], :nos::int[], :kinds::text[], :bodies::text[])
                with ordinality s (job, no, kind, body, n)
             order by s.n
            """)
        .param("jobs", Columns.of(pieces, p -> p.job().value()))
        .param("nos", Columns.of(pieces, Piece::no))
        .param("kinds", Columns.of(pieces, Piece::kind))
        .param("bodies", Columns.of(pieces, Piece::body))
        .update();
  }

  /** What was stored after this id, oldest first. */
  List<Heard> after(JobId job, long id, int limit) {
    return jdbc.sql(
            """
            select id, no, kind, body from batch.feed where job_id = :job and id > :id
             order by id limit :limit
            """)
        .param("job", job.value())
        .param("id", id)
        .param("limit", limit)
        .query((rs, n) ->
            new Heard(
                rs.getLong("id"), rs.getInt("no"), rs.getString("kind"), rs.getString("body")))
        .list();
  }

  /** Ends of the pieces stored last, oldest first. */
  List<Heard> last(JobId job, int limit, int characters) {
    return jdbc.sql(
            """
            select id, no, kind, right(body, :characters) as body from batch.feed
             where job_id = :job and kind <> 'END' order by id desc limit :limit
            """)
        .param("job", job.value())
        .param("limit", limit)
        .param("characters", characters)
        .query((rs, n) ->
            new Heard(
                rs.getLong("id"), rs.getInt("no"), rs.getString("kind"), rs.getString("body")))
        .list()
        .reversed();
  }

  /** All output of one item. */
  List<Heard> of(JobId job, int no) {
    return jdbc.sql(
            """
            select id, no, kind, body from batch.feed
             where job_id = :job and no = :no and kind <> 'END' order by id
            """)
        .param("job", job.value())
        .param("no", no)
        .query((rs, n) ->
            new Heard(
                rs.getLong("id"), rs.getInt("no"), rs.getString("kind"), rs.getString("body")))
        .list();
  }
}
