package io.fettle.remediation;

import static io.fettle.remediation.Rows.at;
import static io.fettle.remediation.Rows.instant;
import static io.fettle.remediation.Rows.json;
import static io.fettle.remediation.Rows.maybeInstant;

import io.fettle.fault.FaultId;
import io.fettle.kernel.AssetId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of runs. */
@Component
class RunTable {
  private static final String RUN =
      """
      select id, fault_id, asset_id, policy, revision, runbook, rung, position, steps::text,
             undo::text, next_step, state, outcome, holder, fence, component, evidence::text, trial,
             started_at, ended_at
        from remediation.run
      """;
  private final JdbcClient jdbc;

  RunTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  long begin(Rows.Run run, long cmdbVersion) {
    return jdbc.sql(
            """
            insert into remediation.run
              (fault_id, asset_id, policy, revision, runbook, rung, position, steps, undo, state,
               holder, fence, component, evidence, cmdb_version, trial, started_at)
            values (:fault, :asset, :policy, :revision, :runbook, :rung, :position, :steps::jsonb,
                    :undo::jsonb, 'RUNNING', :holder, :fence, :component, :evidence::jsonb, :cmdb,
                    :trial, :at)
            returning id
            """)
        .param("fault", run.fault().value())
        .param("asset", run.machine().value())
        .param("policy", run.policy())
        .param("revision", run.revision())
        .param("runbook", run.runbook())
        .param("rung", run.rung())
        .param("position", run.position())
        .param("steps", Rows.orders(run.orders()))
        .param("undo", Rows.orders(run.undo()))
        .param("holder", run.holder())
        .param("fence", run.fence())
        .param("component", run.component())
        .param("evidence", json(run.evidence()))
        .param("cmdb", cmdbVersion)
        .param("trial", run.trial())
        .param("at", at(run.startedAt()))
        .query(Long.class)
        .single();
  }

  Optional<Rows.Run> run(long id) {
    return jdbc.sql(RUN + " where id = :id")
        .param("id", id)
        .query((rs, n) -> runRow(rs))
        .optional();
  }

  Optional<Rows.Run> active(FaultId fault) {
    return jdbc.sql(RUN + " where fault_id = :fault and ended_at is null")
        .param("fault", fault.value())
        .query((rs, n) -> runRow(rs))
        .optional();
  }

  /** Runs in flight after an id, in id order. */
  List<Rows.Run> active(long after, int limit) {
    return jdbc.sql(RUN + " where ended_at is null and id > :after order by id limit :limit")
        .param("after", after)
        .param("limit", limit)
        .query((rs, n) -> runRow(rs))
        .list();
  }

  /** True while a run has this machine and may be sending to it: not one that is being verified. */
  boolean acting(AssetId machine) {
    return jdbc.sql(
            """
            select exists (select 1 from remediation.run
             where asset_id = :asset and ended_at is null and state in ('RUNNING', 'UNCERTAIN'))
            """)
        .param("asset", machine.value())
        .query(Boolean.class)
        .single();
  }

  /** Those of these machines that a run has and may be sending to. */
  List<AssetId> acting(Collection<AssetId> machines) {
    return jdbc.sql(
            """
            select asset_id from remediation.run
             where asset_id = any(:machines::uuid[]) and ended_at is null
               and state in ('RUNNING', 'UNCERTAIN')
            """)
        .param("machines", LeaseTable.ids(machines))
        .query((rs, n) -> new AssetId(rs.getObject("asset_id", UUID.class)))
        .list();
  }

  /** True when some run is in flight on the machine. */
  boolean busy(AssetId machine) {
    return jdbc.sql(
            "select exists (select 1 from remediation.run where asset_id = :asset and ended_at is null)")
        .param("asset", machine.value())
        .query(Boolean.class)
        .single();
  }

  /** Runs of a fault, oldest first. */
  List<Rows.Run> of(FaultId fault) {
    return jdbc.sql(RUN + " where fault_id = :fault order by id limit 200")
        .param("fault", fault.value())
        .query((rs, n) -> runRow(rs))
        .list();
  }

  /** The place on the ladder: one after the highest that a run of this fault has used. */
  int position(FaultId fault) {
    return jdbc.sql(
            """
            select coalesce(max(position) + 1, 0) from remediation.run
             where fault_id = :fault and outcome in ('VERIFIED', 'FAILED', 'UNPROVEN', 'DOUBT')
            """)
        .param("fault", fault.value())
        .query(Integer.class)
        .single();
  }

  /** Proven repairs that did not hold: the fault is back. The number of runs marked. */
  int markRelapsed(FaultId fault) {
    return jdbc.sql(
            """
            update remediation.run set relapsed = true
             where fault_id = :fault and outcome = 'VERIFIED' and not relapsed
            """)
        .param("fault", fault.value())
        .update();
  }

  /** Moves a run that is still in {@code from}; false when it is not. */
  boolean state(long run, Rows.RunState from, Rows.RunState to) {
    return jdbc.sql(
                """
                update remediation.run
                   set state = :to, had_doubt = had_doubt or :to = 'UNCERTAIN'
                 where id = :run and state = :from
                """)
            .param("run", run)
            .param("from", from.name())
            .param("to", to.name())
            .update()
        == 1;
  }

  /** Ends a run that has not ended. */
  boolean end(long run, String outcome, Instant now) {
    return jdbc.sql(
                """
                update remediation.run set state = 'ENDED', outcome = :outcome, ended_at = :now
                 where id = :run and ended_at is null
                """)
            .param("run", run)
            .param("outcome", outcome)
            .param("now", at(now))
            .update()
        == 1;
  }

  /** The run's new holder and fence; false when the old fence no longer stands. */
  boolean takeOver(long run, long oldFence, String holder, long fence) {
    return jdbc.sql(
                """
                update remediation.run set holder = :holder, fence = :fence
                 where id = :run and fence = :old and ended_at is null
                """)
            .param("run", run)
            .param("old", oldFence)
            .param("holder", holder)
            .param("fence", fence)
            .update()
        == 1;
  }

  /** Runs under way are nobody's, and are known to come from a backup; says how many. */
  int restored() {
    return jdbc.sql("update remediation.run set holder = :holder where state = 'RUNNING'")
        .param("holder", Rows.Run.RESTORED)
        .update();
  }

  void nextStep(long run, int step) {
    jdbc.sql("update remediation.run set next_step = :step where id = :run")
        .param("run", run)
        .param("step", step)
        .update();
  }

  /** The highest number up to which all runs after {@code after} ended before this instant. */
  long settled(long after, Instant before) {
    return jdbc.sql(
            """
            select coalesce(
              (select id - 1 from remediation.run
                where id > :after and (ended_at is null or ended_at >= :before)
                order by id limit 1),
              (select max(id) from remediation.run where id > :after), :after)
            """)
        .param("after", after)
        .param("before", at(before))
        .query(Long.class)
        .single();
  }

  /** Of the runs with a number after {@code after}, up to {@code upTo}. */
  Remediation.RepairCounts counts(long after, long upTo) {
    return jdbc.sql(
            """
            select count(*) filter (where outcome = 'VERIFIED') as done,
                   count(*) filter (where outcome in ('FAILED', 'UNPROVEN', 'DOUBT')) as failed,
                   count(*) filter (where had_doubt) as uncertain
              from remediation.run where id > :after and id <= :upTo
            """)
        .param("after", after)
        .param("upTo", upTo)
        .query((rs, n) ->
            new Remediation.RepairCounts(
                rs.getLong("done"), rs.getLong("failed"), rs.getLong("uncertain")))
        .single();
  }

  private static Rows.Run runRow(ResultSet rs) throws SQLException {
    return new Rows.Run(
        rs.getLong("id"),
        new FaultId(rs.getLong("fault_id")),
        new AssetId(rs.getObject("asset_id", UUID.class)),
        rs.getString("policy"),
        rs.getString("revision"),
        rs.getString("runbook"),
        rs.getInt("rung"),
        rs.getInt("position"),
        Rows.orders(rs.getString("steps")),
        Rows.orders(rs.getString("undo")),
        rs.getInt("next_step"),
        Rows.RunState.valueOf(rs.getString("state")),
        rs.getString("outcome"),
        rs.getString("holder"),
        rs.getLong("fence"),
        rs.getString("component"),
        Rows.object(rs.getString("evidence")),
        rs.getBoolean("trial"),
        instant(rs, "started_at"),
        maybeInstant(rs, "ended_at"));
  }
}
