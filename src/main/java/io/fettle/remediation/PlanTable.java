package io.fettle.remediation;

import static io.fettle.remediation.Rows.at;
import static io.fettle.remediation.Rows.instant;
import static io.fettle.remediation.Rows.json;

import io.fettle.fault.FaultId;
import io.fettle.kernel.AssetId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** SQL of plans: the last decision on each fault, and a person's word on it. */
@Component
class PlanTable {
  private final JdbcClient jdbc;

  PlanTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void save(Rows.Plan plan) {
    jdbc.sql(
            """
            insert into remediation.plan
              (fault_id, asset_id, outcome, policy, revision, runbook, rung, position, steps, undo,
               cmdb_version, guards, not_used, decided_at, look_at)
            values (:fault, :asset, :outcome, :policy, :revision, :runbook, :rung, :position,
                    :steps::jsonb, :undo::jsonb, :cmdb, :guards::jsonb, :notUsed::jsonb, :at, :lookAt)
            on conflict (fault_id) do update
               set asset_id = excluded.asset_id, outcome = excluded.outcome,
                   policy = excluded.policy, revision = excluded.revision,
                   runbook = excluded.runbook, rung = excluded.rung,
                   position = excluded.position, steps = excluded.steps, undo = excluded.undo,
                   cmdb_version = excluded.cmdb_version, guards = excluded.guards,
                   not_used = excluded.not_used, decided_at = excluded.decided_at,
                   look_at = excluded.look_at
            """)
        .param("fault", plan.fault().value())
        .param("asset", plan.machine().value())
        .param("outcome", plan.outcome())
        .param("policy", plan.policy())
        .param("revision", plan.revision())
        .param("runbook", plan.runbook())
        .param("rung", plan.rung())
        .param("position", plan.position())
        .param("steps", Rows.orders(plan.orders()))
        .param("undo", Rows.orders(plan.undo()))
        .param("cmdb", plan.cmdbVersion())
        .param("guards", json(plan.guards()))
        .param("notUsed", json(plan.notUsed()))
        .param("at", at(plan.decidedAt()))
        .param("lookAt", at(plan.lookAt()))
        .update();
  }

  Optional<Rows.Plan> of(FaultId fault) {
    return jdbc.sql(
            """
            select fault_id, asset_id, outcome, policy, revision, runbook, rung, position,
                   steps::text, undo::text, cmdb_version, guards::text, not_used::text, decided_at,
                   look_at
              from remediation.plan where fault_id = :fault
            """)
        .param("fault", fault.value())
        .query((rs, n) -> planRow(rs))
        .optional();
  }

  /** Plans whose fault may be looked at now, longest due first. */
  List<FaultId> due(Instant now, int limit) {
    return jdbc.sql(
            """
            select fault_id from remediation.plan
             where outcome in ('GO', 'HOLD') and look_at <= :now order by look_at limit :limit
            """)
        .param("now", at(now))
        .param("limit", limit)
        .query((rs, n) -> new FaultId(rs.getLong(1)))
        .list();
  }

  /** When the plan may be looked at again. */
  void lookAt(FaultId fault, Instant lookAt) {
    jdbc.sql("update remediation.plan set look_at = :at where fault_id = :fault")
        .param("fault", fault.value())
        .param("at", at(lookAt))
        .update();
  }

  /** Faults handed over only because of the policy's mode that may be looked at now. */
  List<FaultId> handedOverByMode(String policy, Instant now, int limit) {
    return jdbc.sql(
            """
            select fault_id from remediation.plan
             where outcome in ('MODE', 'SUGGESTED') and policy = :policy and look_at <= :now
             order by look_at, fault_id limit :limit
            """)
        .param("policy", policy)
        .param("now", at(now))
        .param("limit", limit)
        .query((rs, n) -> new FaultId(rs.getLong(1)))
        .list();
  }

  /** Outcome of the plan without touching the rest of it. */
  void outcome(FaultId fault, String outcome) {
    jdbc.sql("update remediation.plan set outcome = :outcome where fault_id = :fault")
        .param("fault", fault.value())
        .param("outcome", outcome)
        .update();
  }

  /** Keeps a person's word on a fault's plan. */
  void approve(FaultId fault, Approval approval) {
    jdbc.sql(
            """
            update remediation.plan
               set approved_plan = :plan, approved_by = :by, approved_at = :at
             where fault_id = :fault
            """)
        .param("fault", fault.value())
        .param("plan", approval.plan())
        .param("by", approval.by())
        .param("at", at(approval.at()))
        .update();
  }

  /** A person's word that was given since. */
  Optional<Approval> approved(FaultId fault, Instant since) {
    return jdbc.sql(
            """
            select approved_plan, approved_by, approved_at from remediation.plan
             where fault_id = :fault and approved_at > :since
            """)
        .param("fault", fault.value())
        .param("since", at(since))
        .query((rs, n) ->
            new Approval(
                rs.getString("approved_plan"),
                rs.getString("approved_by"),
                instant(rs, "approved_at")))
        .optional();
  }

  /** One word lets one run go. */
  void useApproval(FaultId fault) {
    jdbc.sql(
            """
            update remediation.plan set approved_plan = null, approved_by = null, approved_at = null
             where fault_id = :fault
            """)
        .param("fault", fault.value())
        .update();
  }

  private static Rows.Plan planRow(ResultSet rs) throws SQLException {
    return new Rows.Plan(
        new FaultId(rs.getLong("fault_id")),
        new AssetId(rs.getObject("asset_id", UUID.class)),
        rs.getString("outcome"),
        rs.getString("policy"),
        rs.getString("revision"),
        rs.getString("runbook"),
        rs.getInt("rung"),
        rs.getInt("position"),
        Rows.orders(rs.getString("steps")),
        Rows.orders(rs.getString("undo")),
        rs.getLong("cmdb_version"),
        Rows.objects(rs.getString("guards")),
        Rows.objects(rs.getString("not_used")),
        instant(rs, "decided_at"),
        instant(rs, "look_at"));
  }
}
