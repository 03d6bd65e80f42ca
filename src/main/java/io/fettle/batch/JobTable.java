package io.fettle.batch;

import static io.fettle.batch.Columns.at;

import io.fettle.kernel.Label;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of jobs; every move is a compare-and-set on the state. */
@Component
class JobTable {
  private static final String COLUMNS =
      """
      id, kind, body, file, params, root, dry, query, reason, by_whom, state, outcome, paused_for,
      dangers, break_glass, approved_by, steps, step, go_on_at, width, per_rack, per_service, ask,
      pause_ms, limit_ms, total_ms, stop_share, accepted_failures, machines, rerun_of, undo_of,
      waits_zh, waits_en, created_at, started_at, ended_at, library_path, library_commit,
      saved, filled
      """;

  private final JdbcClient jdbc;

  JobTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Adds a job; its id is given by the table. */
  JobId add(Job job) {
    Order order = job.order();
    return new JobId(
        jdbc.sql(
                """
                insert into batch.job (kind, body, file, params, root, dry, query, reason, by_whom, state,
                  dangers, break_glass, steps, width, per_rack, per_service, ask, pause_ms, limit_ms,
                  total_ms, stop_share, machines, rerun_of, undo_of, created_at, started_at,
                  library_path, library_commit, saved, filled, approved_by)
                values (:kind, :body, :file, :params::jsonb, :root, :dry, :query, :reason, :by, :state,
                  :dangers::jsonb, :glass, :steps::jsonb, :width, :rack, :service, :ask, :pause,
                  :limit, :total, :share, :machines, :rerun, :undo, :created, :started,
                  :path, :commit, :saved, :filled, :approved)
                returning id
                """)
            .param("kind", job.kind().name())
            .param("body", job.body())
            .param("file", job.file())
            .param("params", Columns.json(job.params()))
            .param("root", job.root())
            .param("dry", job.dry())
            .param("query", job.query())
            .param("reason", job.reason())
            .param("by", job.by())
            .param("state", job.state().name())
            .param("dangers", Columns.json(job.dangers()))
            .param("glass", job.breakGlass())
            .param("steps", Columns.json(order.steps()))
            .param("width", order.width())
            .param("rack", order.perRack())
            .param("service", order.perService())
            .param("ask", order.ask())
            .param("pause", order.pause().toMillis())
            .param("limit", order.limit().toMillis())
            .param("total", order.total().toMillis())
            .param("share", order.stopShare())
            .param("machines", job.machines())
            .param("rerun", job.rerunOf() == null ? null : job.rerunOf().value())
            .param("undo", job.undoOf() == null ? null : job.undoOf().value())
            .param("created", at(job.createdAt()))
            .param("started", at(job.startedAt()))
            .param("path", job.origin().path())
            .param("commit", job.origin().commit())
            .param("saved", job.origin().saved())
            .param("filled", job.origin().filled())
            .param("approved", job.approvedBy())
            .query(Long.class)
            .single());
  }

  Optional<Job> find(JobId id) {
    return jdbc.sql("select " + COLUMNS + " from batch.job where id = :id")
        .param("id", id.value())
        .query((rs, n) -> job(rs))
        .optional();
  }

  /** As {@link #find}, and nobody moves it before the caller's transaction ends. */
  Optional<Job> locked(JobId id) {
    return jdbc.sql("select " + COLUMNS + " from batch.job where id = :id for update")
        .param("id", id.value())
        .query((rs, n) -> job(rs))
        .optional();
  }

  /**
   * Newest first.
   *
   * @param teams null for all, else only jobs with a machine of these teams
   */
  List<Job> list(String @Nullable [] teams, boolean open, long before, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + """
                 from batch.job j
                 where id < :before and (not :open or state <> 'ENDED')
                   and (:all or exists (select 1 from batch.item i
                         where i.job_id = j.id and i.team = any(:teams::text[])))
                 order by id desc limit :limit
                """)
        .param("before", before)
        .param("open", open)
        .param("all", teams == null)
        .param("teams", teams == null ? new String[0] : teams)
        .param("limit", limit)
        .query((rs, n) -> job(rs))
        .list();
  }

  /** Newest first; {@code teams} as in {@link #list}. */
  List<Job> saved(String name, String @Nullable [] teams, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + """
                 from batch.job j where saved = :name
                   and (:all or exists (select 1 from batch.item i
                         where i.job_id = j.id and i.team = any(:teams::text[])))
                 order by id desc limit :limit
                """)
        .param("name", name)
        .param("all", teams == null)
        .param("teams", teams == null ? new String[0] : teams)
        .param("limit", limit)
        .query((rs, n) -> job(rs))
        .list();
  }

  /** Reruns and undos, oldest first. */
  List<Job> followUps(JobId id) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from batch.job where rerun_of = :id or undo_of = :id order by id limit 50")
        .param("id", id.value())
        .query((rs, n) -> job(rs))
        .list();
  }

  /** Jobs under way that are this holder's or nobody's any more: they are now its own. */
  List<JobId> claim(String holder, Instant now, Instant until) {
    return jdbc.sql(
            """
            update batch.job set holder = :holder, held_until = :until
             where id in (select id from batch.job
                           where (state in ('RUNNING', 'STOPPING')
                               or state = 'PAUSED' and exists (select 1 from batch.item i
                                   where i.job_id = job.id and i.state = 'SENDING'))
                             and (holder = :holder or held_until is null or held_until < :now)
                           order by id for update skip locked)
            returning id
            """)
        .param("holder", holder)
        .param("until", at(until))
        .param("now", at(now))
        .query((rs, n) -> new JobId(rs.getLong(1)))
        .list();
  }

  /** Takes the row's lock when the job is this holder's; the job, or empty when it is not. */
  Optional<Job> held(JobId id, String holder) {
    return jdbc.sql(
            "select " + COLUMNS + " from batch.job where id = :id and holder = :holder for update")
        .param("id", id.value())
        .param("holder", holder)
        .query((rs, n) -> job(rs))
        .optional();
  }

  /** The job while it is this holder's; empty once another has taken it up. */
  Optional<Job> of(JobId id, String holder) {
    return jdbc.sql("select " + COLUMNS + " from batch.job where id = :id and holder = :holder")
        .param("id", id.value())
        .param("holder", holder)
        .query((rs, n) -> job(rs))
        .optional();
  }

  /** Jobs that had not ended are brought to their end; says how many. */
  List<JobId> restored() {
    return jdbc.sql(
            """
            update batch.job set state = 'STOPPING', holder = null, held_until = null,
              paused_for = null, go_on_at = null, waits_zh = null, waits_en = null
             where state in ('AWAITING', 'RUNNING', 'PAUSED', 'STOPPING')
            returning id
            """)
        .query((rs, n) -> new JobId(rs.getLong(1)))
        .list();
  }

  void letGo(String holder) {
    jdbc.sql("update batch.job set held_until = null where holder = :holder and state <> 'ENDED'")
        .param("holder", holder)
        .update();
  }

  /** Compare-and-set; what was paused or waited for belongs to the state and goes with it. */
  boolean move(JobId id, JobState from, JobState to, @Nullable String pausedFor) {
    if (!from.canBecome(to)) return false;
    return jdbc.sql(
                """
                update batch.job set state = :to, paused_for = :paused,
                  go_on_at = null, waits_zh = null, waits_en = null where id = :id and state = :from
                """)
            .param("to", to.name())
            .param("paused", pausedFor)
            .param("id", id.value())
            .param("from", from.name())
            .update()
        == 1;
  }

  boolean end(JobId id, JobState from, String outcome, Instant now) {
    return jdbc.sql(
                """
                update batch.job set state = 'ENDED', outcome = :outcome, paused_for = null,
                  waits_zh = null, waits_en = null, ended_at = :now where id = :id and state = :from
                  and not exists (select 1 from batch.item i
                                   where i.job_id = :id and i.state <> 'ENDED')
                """)
            .param("outcome", outcome)
            .param("now", at(now))
            .param("id", id.value())
            .param("from", from.name())
            .update()
        == 1;
  }

  boolean approve(JobId id, String by, Instant now) {
    return jdbc.sql(
                """
                update batch.job set state = 'RUNNING', approved_by = :by, started_at = :now
                 where id = :id and state = 'AWAITING'
                """)
            .param("by", by)
            .param("now", at(now))
            .param("id", id.value())
            .update()
        == 1;
  }

  /** The next step, from this one when all of it has ended, not before that time. */
  boolean nextStep(JobId id, int from, @Nullable Instant goOnAt) {
    return jdbc.sql(
                """
                update batch.job set step = step + 1, go_on_at = :at
                 where id = :id and step = :from and state in ('RUNNING', 'PAUSED')
                   and not exists (select 1 from batch.item i
                        where i.job_id = :id and i.step <= :from and i.state <> 'ENDED')
                """)
            .param("at", at(goOnAt))
            .param("id", id.value())
            .param("from", from)
            .update()
        == 1;
  }

  /** What it waits for now; null when it gets on. */
  void waits(JobId id, @Nullable Label why) {
    jdbc.sql(
            """
            update batch.job set waits_zh = :zh, waits_en = :en
             where id = :id and state in ('RUNNING', 'STOPPING')
            """)
        .param("zh", why == null ? null : why.zh())
        .param("en", why == null ? null : why.en())
        .param("id", id.value())
        .update();
  }

  void acceptFailures(JobId id, int failures) {
    jdbc.sql("update batch.job set accepted_failures = :n where id = :id")
        .param("n", failures)
        .param("id", id.value())
        .update();
  }

  /**
   * Forgets jobs that ended before, a bounded bite, the newest of a chain first; a rerun keeps the
   * job it came from. Says how many.
   */
  int forget(Instant before, int bite) {
    return jdbc.sql(
            """
            with old as (select j.id from batch.job j
              where j.ended_at < :before
                and not exists (select 1 from batch.job r where r.rerun_of = j.id or r.undo_of = j.id)
              order by j.ended_at limit :bite),
            feeds as (delete from batch.feed f using old where f.job_id = old.id),
            items as (delete from batch.item i using old where i.job_id = old.id)
            delete from batch.job j using old where j.id = old.id
            """)
        .param("before", at(before))
        .param("bite", bite)
        .update();
  }

  /** Jobs that are not ended, and those that wait for a person. */
  long[] open() {
    return Objects.requireNonNull(
        jdbc.sql(
                """
                select count(*), count(*) filter (where state in ('AWAITING', 'PAUSED'))
                  from batch.job where state <> 'ENDED'
                """)
            .query((rs, n) -> new long[] {rs.getLong(1), rs.getLong(2)})
            .single());
  }

  private static Job job(ResultSet rs) throws SQLException {
    String waits = rs.getString("waits_zh");
    return new Job(
        new JobId(rs.getLong("id")),
        JobKind.valueOf(rs.getString("kind")),
        rs.getString("body"),
        rs.getString("file"),
        Columns.map(rs.getString("params")),
        rs.getBoolean("root"),
        rs.getBoolean("dry"),
        rs.getString("query"),
        rs.getString("reason"),
        rs.getString("by_whom"),
        JobState.valueOf(rs.getString("state")),
        rs.getString("outcome"),
        rs.getString("paused_for"),
        Columns.texts(rs.getString("dangers")),
        rs.getString("break_glass"),
        rs.getString("approved_by"),
        order(rs),
        rs.getInt("step"),
        Columns.maybe(rs, "go_on_at"),
        rs.getInt("accepted_failures"),
        rs.getInt("machines"),
        other(rs, "rerun_of"),
        other(rs, "undo_of"),
        waits == null ? null : new Label(waits, rs.getString("waits_en")),
        Columns.instant(rs, "created_at"),
        Columns.maybe(rs, "started_at"),
        Columns.maybe(rs, "ended_at"),
        new Origin(
            rs.getString("library_path"),
            rs.getString("library_commit"),
            rs.getString("saved"),
            rs.getBoolean("filled")));
  }

  private static @Nullable JobId other(ResultSet rs, String column) throws SQLException {
    long id = rs.getLong(column);
    return rs.wasNull() ? null : new JobId(id);
  }

  private static Order order(ResultSet rs) throws SQLException {
    return new Order(
        Columns.numbers(rs.getString("steps")),
        rs.getInt("width"),
        rs.getInt("per_rack"),
        rs.getInt("per_service"),
        rs.getBoolean("ask"),
        Duration.ofMillis(rs.getLong("pause_ms")),
        Duration.ofMillis(rs.getLong("limit_ms")),
        Duration.ofMillis(rs.getLong("total_ms")),
        rs.getDouble("stop_share"));
  }
}
