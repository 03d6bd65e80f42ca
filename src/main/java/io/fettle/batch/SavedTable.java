package io.fettle.batch;

import static io.fettle.batch.Columns.at;

import io.fettle.kernel.Label;
import io.fettle.kernel.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of saved jobs and of the turns of their timetables. */
@Component
class SavedTable {
  private static final int KEPT = 100;
  private static final String COLUMNS =
      """
      name, version, wish, parameters, most, roles, teams, dangers, by_whom, at, approved_by, cron, zone,
      next_at
      """;

  private final JdbcClient jdbc;

  SavedTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Writes this version; false when another has been written meanwhile. */
  boolean write(Saved saved) {
    Timetable timetable = saved.timetable();
    return jdbc.sql(
                """
                insert into batch.saved_job (name, version, wish, parameters, most, roles, teams, dangers,
                  by_whom, at, approved_by, cron, zone, next_at)
                values (:name, :version, :wish::jsonb, :parameters::jsonb, :most, :roles::jsonb,
                  :teams::jsonb, :dangers::jsonb, :by, :at, :approved, :cron, :zone, :next)
                on conflict (name) do update set version = excluded.version, wish = excluded.wish,
                  parameters = excluded.parameters, most = excluded.most, roles = excluded.roles,
                  teams = excluded.teams, dangers = excluded.dangers, by_whom = excluded.by_whom,
                  at = excluded.at, approved_by = excluded.approved_by, cron = excluded.cron,
                  zone = excluded.zone, next_at = excluded.next_at
                 where saved_job.version = excluded.version - 1
                """)
            .param("name", saved.name())
            .param("version", saved.version())
            .param("wish", Columns.json(saved.wish()))
            .param(
                "parameters",
                Columns.json(saved.parameters().stream().map(Parameter::toString).toList()))
            .param("most", saved.most())
            .param("roles", Columns.json(saved.roles()))
            .param("teams", Columns.json(saved.teams()))
            .param("dangers", Columns.json(saved.dangers()))
            .param("by", saved.by())
            .param("at", at(saved.at()))
            .param("approved", saved.approvedBy())
            .param("cron", timetable == null ? null : timetable.cron())
            .param("zone", timetable == null ? null : timetable.zone().getId())
            .param("next", at(saved.next()))
            .update()
        == 1;
  }

  boolean approve(String name, int version, String by) {
    return jdbc.sql(
                """
                update batch.saved_job set approved_by = :by
                 where name = :name and version = :version and approved_by is null
                """)
            .param("by", by)
            .param("name", name)
            .param("version", version)
            .update()
        == 1;
  }

  boolean forget(String name) {
    return jdbc.sql("delete from batch.saved_job where name = :name").param("name", name).update()
        == 1;
  }

  List<Saved> all() {
    return jdbc.sql("select " + COLUMNS + " from batch.saved_job order by name limit 1000")
        .query((rs, n) -> saved(rs))
        .list();
  }

  /** Another text once any of them was saved or forgotten. */
  String edition() {
    return jdbc.sql(
            """
            select md5(coalesce(string_agg(name || ' ' || version || ' ' || at::text, ',' order by name), ''))
              from batch.saved_job
            """)
        .query(String.class)
        .single();
  }

  Optional<Saved> find(String name) {
    return jdbc.sql("select " + COLUMNS + " from batch.saved_job where name = :name")
        .param("name", name)
        .query((rs, n) -> saved(rs))
        .optional();
  }

  /**
   * One whose time has come, held until the caller's transaction ends; others take another.
   *
   * @param but not these
   */
  Optional<Saved> due(Instant now, Set<String> but) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + """
                 from batch.saved_job where next_at <= :now and name <> all(:but::text[])
                 order by next_at limit 1 for update skip locked
                """)
        .param("now", at(now))
        .param("but", but.toArray(String[]::new))
        .query((rs, n) -> saved(rs))
        .optional();
  }

  void next(String name, @Nullable Instant next) {
    jdbc.sql("update batch.saved_job set next_at = :next where name = :name")
        .param("next", at(next))
        .param("name", name)
        .update();
  }

  /** Writes a turn down; its time is its key, so that it is never taken twice. */
  void took(String name, Saved.Turn turn, Instant now) {
    Label why = turn.why();
    jdbc.sql(
            """
            insert into batch.saved_turn (name, due_at, outcome, times, job_id, zh, en, at)
            values (:name, :due, :outcome, :times, :job, :zh, :en, :at)
            """)
        .param("name", name)
        .param("due", at(turn.due()))
        .param("outcome", turn.outcome().name())
        .param("times", turn.times())
        .param("job", turn.job() == null ? null : turn.job().value())
        .param("zh", why == null ? null : why.zh())
        .param("en", why == null ? null : why.en())
        .param("at", at(now))
        .update();
    jdbc.sql(
            """
            delete from batch.saved_turn where name = :name and due_at < (
              select min(due_at) from (select due_at from batch.saved_turn where name = :name
                                        order by due_at desc limit :kept) newest)
            """)
        .param("name", name)
        .param("kept", KEPT)
        .update();
  }

  List<Saved.Turn> turns(String name) {
    return jdbc.sql(
            """
            select due_at, outcome, times, job_id, zh, en from batch.saved_turn where name = :name
             order by due_at desc
            """)
        .param("name", name)
        .query((rs, n) -> turn(rs))
        .list();
  }

  /** The last turn that was started, refused or missed, of each name with a timetable. */
  Map<String, Saved.Turn> lastTurns() {
    Map<String, Saved.Turn> turns = new TreeMap<>();
    jdbc.sql(
            """
            select distinct on (t.name) t.name, due_at, outcome, times, job_id, zh, en
              from batch.saved_turn t join batch.saved_job j on j.name = t.name
             where j.cron is not null and outcome <> 'OVERLAPPED'
             order by t.name, due_at desc
            """)
        .query((ResultSet rs) -> {
          turns.put(rs.getString("name"), turn(rs));
        });
    return turns;
  }

  /** Of each name with a timetable how many turns in a row were left out up to now. */
  Map<String, Integer> leftOut() {
    Map<String, Integer> times = new TreeMap<>();
    jdbc.sql(
            """
            select t.name, count(*) as times
              from batch.saved_turn t join batch.saved_job j on j.name = t.name
             where j.cron is not null and t.outcome = 'OVERLAPPED'
               and not exists (select 1 from batch.saved_turn o
                    where o.name = t.name and o.due_at > t.due_at and o.outcome <> 'OVERLAPPED')
             group by t.name
            """)
        .query((ResultSet rs) -> {
          times.put(rs.getString("name"), rs.getInt("times"));
        });
    return times;
  }

  private static Saved.Turn turn(ResultSet rs) throws SQLException {
    long job = rs.getLong("job_id");
    JobId id = rs.wasNull() ? null : new JobId(job);
    String zh = rs.getString("zh");
    return new Saved.Turn(
        Columns.instant(rs, "due_at"),
        Saved.Outcome.valueOf(rs.getString("outcome")),
        rs.getInt("times"),
        id,
        zh == null ? null : new Label(zh, rs.getString("en")));
  }

  /** True while a job that this name started has not ended. */
  boolean underWay(String name) {
    return Boolean.TRUE.equals(
        jdbc.sql("select exists (select 1 from batch.job where saved = :name and state <> 'ENDED')")
            .param("name", name)
            .query(Boolean.class)
            .single());
  }

  private static Saved saved(ResultSet rs) throws SQLException {
    String cron = rs.getString("cron");
    return new Saved(
        rs.getString("name"),
        rs.getInt("version"),
        Columns.read(rs.getString("wish"), Wish.class),
        Columns.texts(rs.getString("parameters")).stream().map(Parameter::parse).toList(),
        rs.getInt("most"),
        Columns.texts(rs.getString("roles")).stream()
            .map(Role::valueOf)
            .collect(Collectors.toSet()),
        new LinkedHashSet<>(Columns.texts(rs.getString("teams"))),
        Columns.texts(rs.getString("dangers")),
        rs.getString("by_whom"),
        Columns.instant(rs, "at"),
        rs.getString("approved_by"),
        cron == null ? null : new Timetable(cron, ZoneId.of(rs.getString("zone"))),
        Columns.maybe(rs, "next_at"));
  }
}
