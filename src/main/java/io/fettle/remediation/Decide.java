package io.fettle.remediation;

import io.fettle.cmdb.MachineDoc;
import io.fettle.fault.Cause;
import io.fettle.fault.Edge;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultId;
import io.fettle.fault.FaultState;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** CONFIRMED faults: plan a run (12), hold (6) or hand over to a person (10). */
final class Decide {
  private final Desk desk;
  private final Survey survey;

  Decide(Desk desk, Survey survey) {
    this.desk = desk;
    this.survey = survey;
  }

  /** True when the fault is PLANNED now. */
  boolean on(FaultId id) {
    Optional<Fault> confirmed = at(id, FaultState.CONFIRMED);
    if (confirmed.isEmpty()) return false;
    desk.crash().at(Crash.Point.BEFORE_DECISION);
    boolean planned = decided(confirmed.get(), Edge.E12, Desk.actor("-"));
    desk.crash().at(Crash.Point.AFTER_DECISION);
    return planned;
  }

  /**
   * A person raised the mode of the policy that had handed this fault over only because of its
   * mode: that is the choice of a runbook (edge 32).
   */
  boolean afterRaise(FaultId id, Actor who) {
    Optional<Fault> escalated = at(id, FaultState.ESCALATED);
    if (escalated.isEmpty()) {
      desk.plans().outcome(id, "PAST");
      return false;
    }
    desk.plans().lookAt(id, desk.now().plus(desk.settings().hurry(Duration.ofSeconds(60))));
    return decided(escalated.get(), Edge.E32, who);
  }

  private Optional<Fault> at(FaultId id, FaultState state) {
    return desk.faults().find(id).filter(f -> f.state() == state);
  }

  private boolean decided(Fault fault, Edge go, Actor who) {
    Optional<MachineDoc> machine = desk.register().machine(fault.machine());
    desk.transactions().executeWithoutResult(t -> desk.runs().markRelapsed(fault.id()));
    if (machine.isEmpty()) return unknownMachine(fault, go);
    Decision decision = Decision.on(survey.of(fault, machine.get()));
    return Boolean.TRUE.equals(
        desk.transactions().execute(t -> take(fault, machine.get(), decision, go, who)));
  }

  private boolean unknownMachine(Fault fault, Edge go) {
    Label why = new Label("登记簿里没有这台机器", "The register does not know this machine");
    if (go == Edge.E12)
      desk.move(fault, Edge.E10, FaultState.ESCALATED, "-", why, Map.of("reason", "NO_POLICY"));
    return false;
  }

  private boolean take(Fault fault, MachineDoc machine, Decision decision, Edge go, Actor who) {
    Instant now = desk.now();
    return switch (decision) {
      case Decision.Go d -> {
        Actor actor = go == Edge.E32 ? who : Desk.actor(d.policy().name());
        yield plan(fault, machine, d, go, actor, null, now);
      }
      case Decision.Hold d -> {
        if (go == Edge.E12) hold(fault, machine, d, now);
        yield false;
      }
      case Decision.HandOver d -> {
        if (go == Edge.E12 && tooSoon(fault, now)) yield false;
        if (go == Edge.E12) handOver(fault, machine, d, now);
        else if (d.reason() != Decision.Reason.MODE && d.suggests().isEmpty())
          desk.plans().outcome(fault.id(), "PAST");
        yield false;
      }
    };
  }

  /** A person can wait a moment, and then gets one storm instead of its thousand faults. */
  private boolean tooSoon(Fault fault, Instant now) {
    Instant confirmed = fault.confirmedAt();
    return confirmed != null && now.isBefore(confirmed.plus(desk.settings().handOver()));
  }

  /** Writes the plan and takes the edge to PLANNED, in the caller's transaction. */
  boolean plan(
      Fault fault,
      MachineDoc machine,
      Decision.Go go,
      Edge edge,
      Actor actor,
      @Nullable Instant notBefore,
      Instant now) {
    Label why =
        new Label("计划执行预案 " + go.offer().runbook(), "Plans runbook " + go.offer().runbook());
    Instant start = notBefore == null ? now : notBefore;
    Cause cause =
        new Cause(
            actor,
            why,
            details(go, go.policy(), machine, go.offer().runbook()),
            null,
            go.offer().rung(),
            notBefore,
            start.plus(desk.settings().hurry(Duration.ofMinutes(20))),
            null);
    if (desk.faults()
        .advance(fault.id(), fault.version(), edge, FaultState.PLANNED, cause)
        .isEmpty()) return false;
    desk.plans().save(planRow(fault, machine, "GO", go, go.policy(), go.offer(), now, start));
    return true;
  }

  private void hold(Fault fault, MachineDoc machine, Decision.Hold d, Instant now) {
    Cause cause =
        new Cause(
            Desk.actor("-"),
            d.why(),
            details(d, null, machine, null),
            d.reason(),
            null,
            null,
            Hold.deadline(desk, fault, machine, d.reason(), now),
            null);
    if (desk.faults()
        .advance(fault.id(), fault.version(), Edge.E6, FaultState.HELD, cause)
        .isPresent()) desk.plans().save(planRow(fault, machine, "HOLD", d, null, null, now, now));
  }

  private void handOver(Fault fault, MachineDoc machine, Decision.HandOver d, Instant now) {
    List<Policy> owners = desk.shelf().owners(fault.faultClass(), machine);
    Policy policy = owners.size() == 1 ? owners.getFirst() : null;
    Map<String, Object> details = details(d, policy, machine, null);
    details.put("reason", d.reason().name());
    d.suggests()
        .ifPresent(offer -> {
          details.put("runbook", offer.runbook());
          details.put("would_do", offer.orders().stream().map(Runbook.Order::told).toList());
        });
    Cause cause = Cause.of(Desk.actor(policy == null ? "-" : policy.name()), d.why(), details);
    if (desk.faults()
        .advance(fault.id(), fault.version(), Edge.E10, FaultState.ESCALATED, cause)
        .isEmpty()) return;
    desk.leases().release(fault.id());
    desk.plans().useApproval(fault.id());
    desk.plans()
        .save(
            planRow(
                fault, machine, d.reason().name(), d, policy, d.suggests().orElse(null), now, now));
  }

  private static Map<String, Object> details(
      Decision d, @Nullable Policy policy, MachineDoc machine, @Nullable String runbook) {
    Map<String, Object> details = new LinkedHashMap<>();
    if (policy != null) {
      details.put("policy", policy.name());
      details.put("revision", policy.revision());
    }
    if (runbook != null) details.put("runbook", runbook);
    details.put("cmdb_version", machine.version());
    details.put("guards", d.guards().stream().map(Guard::facts).toList());
    if (!d.notUsed().isEmpty()) details.put("not_used", d.notUsed());
    return details;
  }

  private static Rows.Plan planRow(
      Fault fault,
      MachineDoc machine,
      String outcome,
      Decision d,
      @Nullable Policy policy,
      Ground.@Nullable Offer offer,
      Instant now,
      Instant lookAt) {
    return new Rows.Plan(
        fault.id(),
        fault.machine(),
        outcome,
        policy == null ? null : policy.name(),
        policy == null ? null : policy.revision(),
        offer == null ? null : offer.runbook(),
        offer == null ? 0 : offer.rung(),
        offer == null ? 0 : offer.position(),
        offer == null ? List.of() : offer.orders(),
        offer == null ? List.of() : offer.undo(),
        machine.version(),
        d.guards().stream().map(Guard::facts).toList(),
        d.notUsed(),
        now,
        lookAt);
  }
}
