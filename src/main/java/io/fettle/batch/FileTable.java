package io.fettle.batch;

import static io.fettle.batch.Columns.at;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of files: which were handed in, and which came from machines. */
@Component
class FileTable {
  private final JdbcClient jdbc;

  FileTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A file that was handed in. */
  record Given(String sha256, String name, long size) {}

  /** Handed in again it keeps its first name and lives on. */
  void add(Given file, String by, Instant now) {
    jdbc.sql(
            """
            insert into batch.file (sha256, name, size, by_whom, at)
            values (:sha, :name, :size, :by, :at)
            on conflict (sha256) do update set at = excluded.at
            """)
        .param("sha", file.sha256())
        .param("name", file.name())
        .param("size", file.size())
        .param("by", by)
        .param("at", at(now))
        .update();
  }

  Optional<Given> find(String sha256) {
    return jdbc.sql("select sha256, name, size from batch.file where sha256 = :sha")
        .param("sha", sha256)
        .query(
            (rs, n) -> new Given(rs.getString("sha256"), rs.getString("name"), rs.getLong("size")))
        .optional();
  }

  void fetched(JobId job, Jobs.Fetched file) {
    jdbc.sql(
            """
            insert into batch.fetched (job_id, no, path, size, sha256)
            values (:job, :no, :path, :size, :sha)
            on conflict (job_id, no) do nothing
            """)
        .param("job", job.value())
        .param("no", file.no())
        .param("path", file.path())
        .param("size", file.size())
        .param("sha", file.sha256())
        .update();
  }

  /** In the order of the list; {@code teams} null means all machines. */
  List<Jobs.Fetched> fetched(JobId job, String @Nullable [] teams, int after, int limit) {
    return jdbc.sql(
            """
            select f.no, i.name, f.path, f.size, f.sha256 from batch.fetched f
              join batch.item i on i.job_id = f.job_id and i.no = f.no
             where f.job_id = :job and f.no > :after and (:all or i.team = any(:teams::text[]))
             order by f.no limit :limit
            """)
        .param("job", job.value())
        .param("after", after)
        .param("all", teams == null)
        .param("teams", teams == null ? new String[0] : teams)
        .param("limit", limit)
        .query((rs, n) ->
            new Jobs.Fetched(
                rs.getInt("no"),
                rs.getString("name"),
                rs.getString("path"),
                rs.getLong("size"),
                rs.getString("sha256")))
        .list();
  }

  /**
   * What was handed in and neither a job nor a saved job names any more.
   *
   * @param named by something else, which keeps it too
   */
  int forget(Instant before, Collection<String> named) {
    return jdbc.sql(
            """
            delete from batch.file where sha256 in (select f.sha256 from batch.file f
              where f.at < :before and not exists (select 1 from batch.job j
                where j.kind = 'ACTION' and j.body = 'file.put' and j.params ->> 'file' = f.sha256)
                and not exists (select 1 from batch.saved_job s
                  where s.wish ->> 'body' = 'file.put' and s.wish -> 'params' ->> 'file' = f.sha256)
                and not f.sha256 = any(:named::text[])
              order by f.at limit 100)
            """)
        .param("before", at(before))
        .param("named", named.toArray(String[]::new))
        .update();
  }

  boolean isNamed(String sha256) {
    return jdbc.sql(
            """
            select exists (select 1 from batch.file where sha256 = :sha)
                or exists (select 1 from batch.fetched where sha256 = :sha)
            """)
        .param("sha", sha256)
        .query(Boolean.class)
        .single();
  }
}
