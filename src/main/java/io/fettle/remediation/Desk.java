package io.fettle.remediation;

import io.fettle.audit.Audit;
import io.fettle.cmdb.Register;
import io.fettle.fault.Cause;
import io.fettle.fault.Edge;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultState;
import io.fettle.fault.Faults;
import io.fettle.kernel.Actor;
import io.fettle.kernel.DatabaseState;
import io.fettle.kernel.Label;
import io.fettle.kernel.RemoteText;
import io.fettle.monitoring.Monitoring;
import io.fettle.monitoring.check.Reading;
import io.fettle.reach.Reach;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

/**
 * What every part of the engine works with.
 *
 * @param node this process, unlike any other; the holder of leases
 */
record Desk(
    Faults faults,
    Monitoring monitoring,
    Register register,
    Reach reach,
    Shelf shelf,
    PolicyTable policies,
    PlanTable plans,
    RunTable runs,
    AttemptTable attempts,
    PermitTable leases,
    Permits permits,
    RemediationSettings settings,
    TransactionOperations transactions,
    Clock clock,
    DatabaseState database,
    Crash crash,
    Audit audit,
    String node) {
  private static final int RECORDED = 4_000;
  private static final Logger LOG = LoggerFactory.getLogger(Desk.class);

  Instant now() {
    return clock.instant();
  }

  /**
   * What the check that found the fault says of its component now; empty when it says nothing of
   * it.
   */
  Optional<Reading> look(Fault fault) {
    try {
      return monitoring.probe(fault.machine(), fault.check()).stream()
          .filter(reading -> same(reading.component(), fault.component()))
          .findFirst();
    } catch (RuntimeException e) {
      LOG.info("probe of fault={} check={} failed: {}", fault.id(), fault.check(), e.toString());
      return Optional.empty();
    }
  }

  /** A fault keeps the first 200 characters of its component. */
  private static boolean same(String reading, String fault) {
    return reading.equals(fault)
        || (fault.length() >= 199 && reading.startsWith(fault.substring(0, 199)));
  }

  /** Takes an edge for a plain reason. */
  Optional<Fault> move(
      Fault fault,
      Edge edge,
      FaultState to,
      String policy,
      Label why,
      Map<String, Object> details) {
    return faults.advance(
        fault.id(), fault.version(), edge, to, Cause.of(actor(policy), why, details));
  }

  /** Puts a begun run on the record, in the transaction that begins it. */
  void begun(long id, Rows.Run run, Optional<Approval> approval) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("run", id);
    details.put("machine", run.machine().toString());
    details.put("component", run.component());
    details.put("runbook", run.runbook());
    details.put("revision", run.revision());
    details.put(
        "steps", run.orders().stream().map(o -> RemoteText.cut(o.told(), RECORDED)).toList());
    approval.ifPresent(a -> details.put("approved_by", a.by()));
    audit.record(actor(run.policy()), "repair.begun", "fault:" + run.fault(), null, details);
  }

  /** Ends a run and puts it on the record; false when it had ended before. */
  boolean ended(Rows.Run run, String outcome) {
    if (!runs.end(run.id(), outcome, now())) return false;
    audit.record(
        actor(run.policy()),
        "repair.ended",
        "fault:" + run.fault(),
        null,
        Map.of("run", run.id(), "machine", run.machine().toString(), "outcome", outcome));
    return true;
  }

  static Actor actor(String policy) {
    return Actor.system("policy " + policy);
  }

  /** A reading as the story keeps it. */
  static Map<String, Object> facts(Reading reading) {
    return Map.of(
        "verdict", reading.verdict().name(),
        "zh", reading.summary().zh(),
        "en", reading.summary().en(),
        "evidence", reading.evidence());
  }
}
