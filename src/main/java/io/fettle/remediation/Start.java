package io.fettle.remediation;

import io.fettle.cmdb.MachineDoc;
import io.fettle.fault.Cause;
import io.fettle.fault.Edge;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultId;
import io.fettle.fault.FaultState;
import io.fettle.kernel.Label;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.check.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;

/**
 * PLANNED faults: a look before acting (13), every guard once more (14), then run, permits, lease
 * and fence in one transaction (19).
 */
final class Start {
  /** What the start transaction came to. */
  private sealed interface Outcome {
    record Begun(long run) implements Outcome {}

    record Refused(String reason, Label why, Map<String, Object> details) implements Outcome {}

    record Lost() implements Outcome {}
  }

  private final Desk desk;
  private final Survey survey;
  private final Fuse fuse;
  private final Modes modes;
  private final Hold hold;

  Start(Desk desk, Survey survey, Fuse fuse, Modes modes, Hold hold) {
    this.desk = desk;
    this.survey = survey;
    this.fuse = fuse;
    this.modes = modes;
    this.hold = hold;
  }

  /**
   * The run that was begun; empty when none was. Nothing is begun while the database takes no
   * writes or its disk is nearly full: the plan waits.
   */
  Optional<Long> on(FaultId id) {
    if (!desk.database().up()) return Optional.empty();
    Optional<Fault> planned = desk.faults().find(id).filter(f -> f.state() == FaultState.PLANNED);
    Optional<Rows.Plan> plan = desk.plans().of(id).filter(p -> "GO".equals(p.outcome()));
    if (planned.isEmpty()) {
      desk.plans().outcome(id, "PAST");
      return Optional.empty();
    }
    if (plan.isEmpty() || plan.get().lookAt().isAfter(desk.now())) return Optional.empty();
    Optional<MachineDoc> machine = desk.register().machine(planned.get().machine());
    if (machine.isEmpty()) return Optional.empty();
    return start(planned.get(), plan.get(), machine.get());
  }

  private Optional<Long> start(Fault fault, Rows.Plan plan, MachineDoc before) {
    if (refusedEarly(fault, plan, before)) return Optional.empty();
    Optional<Reading> reading = desk.look(fault).filter(r -> r.verdict() != Verdict.UNKNOWN);
    if (reading.isEmpty()) {
      unread(fault, before);
      return Optional.empty();
    }
    if (reading.get().verdict() == Verdict.OK) {
      healthy(fault, reading.get());
      return Optional.empty();
    }
    Instant readAt = desk.now();
    MachineDoc machine = desk.register().machine(fault.machine()).orElse(before);
    Optional<Decision.Go> go = stillSo(fault, plan, machine);
    if (go.isEmpty()) return Optional.empty();
    desk.crash().at(Crash.Point.BEFORE_START);
    return begin(fault, machine, go.get(), reading.get(), readAt);
  }

  /** What needs no probe to refuse: spares the machine a visit. */
  private boolean refusedEarly(Fault fault, Rows.Plan plan, MachineDoc machine) {
    Optional<Policy> policy = desk.shelf().policy(String.valueOf(plan.policy()));
    if (policy.isEmpty()) {
      hold.hold(fault, machine, Hold.CHANGED, changed("策略已不存在", "the policy is gone"), Map.of());
      return true;
    }
    var uses =
        desk.permits().uses(desk.permits().limits(policy.get(), machine), fault.id(), desk.now());
    Optional<Permits.Use> full = Permits.refusal(uses);
    if (full.isPresent()) {
      hold.hold(fault, machine, Hold.NO_PERMIT, noPermit(full.get()), budgets(uses));
      return true;
    }
    if (hold.leased(fault, desk.now())) {
      hold.hold(fault, machine, Hold.LEASE, leased(), Map.of());
      return true;
    }
    return false;
  }

  private void unread(Fault fault, MachineDoc machine) {
    Instant now = desk.now();
    Instant deadline = fault.deadlineAt();
    if (deadline != null && !now.isBefore(deadline)) {
      Label why = new Label("执行前拿不到新读数", "No fresh reading could be had before the run");
      hold.hold(fault, machine, Hold.NO_READING, why, Map.of());
      return;
    }
    desk.plans().lookAt(fault.id(), now.plus(desk.settings().hurry(Duration.ofSeconds(20))));
  }

  private void healthy(Fault fault, Reading reading) {
    desk.transactions()
        .executeWithoutResult(t -> {
          Label why =
              new Label(
                  "执行前复查已正常，未做任何动作", "Healthy when looked at before acting; nothing was done");
          Cause cause =
              new Cause(
                  Desk.actor("-"),
                  why,
                  Map.of("reading", Desk.facts(reading)),
                  null,
                  null,
                  null,
                  null,
                  "self");
          desk.faults().advance(fault.id(), fault.version(), Edge.E13, FaultState.RECOVERED, cause);
          desk.leases().release(fault.id());
          desk.plans().useApproval(fault.id());
          desk.plans().outcome(fault.id(), "PAST");
        });
  }

  /** Decides again on what is known now; goes on only when the very same would be done. */
  private Optional<Decision.Go> stillSo(Fault fault, Rows.Plan plan, MachineDoc machine) {
    switch (Decision.on(survey.of(fault, machine))) {
      case Decision.Hold d -> hold.hold(fault, machine, d.reason(), d.why(), Map.of());
      case Decision.HandOver d ->
          hold.hold(fault, machine, Hold.CHANGED, d.why(), Map.of("reason", d.reason().name()));
      case Decision.Go d -> {
        if (same(plan, d)) return Optional.of(d);
        Label why =
            changed(
                "登记簿 r" + plan.cmdbVersion() + " → r" + machine.version() + " 或策略已变，重新决定",
                "register r"
                    + plan.cmdbVersion()
                    + " → r"
                    + machine.version()
                    + " or the policy moved; decided anew");
        hold.hold(fault, machine, Hold.CHANGED, why, Map.of("cmdb_version", machine.version()));
      }
    }
    return Optional.empty();
  }

  private static boolean same(Rows.Plan plan, Decision.Go d) {
    return d.policy().name().equals(plan.policy())
        && d.policy().revision().equals(plan.revision())
        && d.offer().position() == plan.position()
        && d.offer().orders().equals(plan.orders())
        && d.offer().undo().equals(plan.undo());
  }

  private Optional<Long> begin(
      Fault fault, MachineDoc machine, Decision.Go go, Reading reading, Instant readAt) {
    Outcome outcome;
    try {
      outcome =
          java.util.Objects.requireNonNull(
              desk.transactions()
                  .execute(t -> {
                    Outcome o = commit(fault, machine, go, reading, readAt);
                    if (!(o instanceof Outcome.Begun)) t.setRollbackOnly();
                    return o;
                  }));
    } catch (DuplicateKeyException e) {
      outcome = new Outcome.Refused(Hold.LEASE, leased(), Map.of());
    }
    return switch (outcome) {
      case Outcome.Begun begun -> {
        desk.crash().at(Crash.Point.AFTER_START);
        yield Optional.of(begun.run());
      }
      case Outcome.Refused refused -> {
        hold.hold(fault, machine, refused.reason(), refused.why(), refused.details());
        yield Optional.empty();
      }
      case Outcome.Lost ignored -> Optional.empty();
    };
  }

  /** Everything in one transaction; scopes are locked first and in sorted order. */
  private Outcome commit(
      Fault fault, MachineDoc machine, Decision.Go go, Reading reading, Instant readAt) {
    Policy policy = go.policy();
    if (desk.policies().frozenLocked())
      return new Outcome.Refused(Hold.FREEZE, new Label("全局冻结", "Global freeze"), Map.of());
    Instant now = desk.now();
    Optional<Approval> approval = desk.plans().approved(fault.id(), now.minus(Approval.LASTS));
    if (!may(go, approval))
      return new Outcome.Refused(
          Hold.CHANGED, changed("策略模式已降低", "the mode was lowered"), Map.of());
    List<Permits.Limit> limits = desk.permits().limits(policy, machine);
    List<Permits.Use> uses = desk.permits().lockAndLook(limits, fault.id(), now);
    Optional<Permits.Use> full = Permits.refusal(uses);
    if (full.isPresent())
      return new Outcome.Refused(Hold.NO_PERMIT, noPermit(full.get()), budgets(uses));
    Fuse.State breaker = fuse.look(policy, now);
    if (breaker.gate() == Breaker.Gate.OPEN)
      return new Outcome.Refused(
          Hold.BREAKER, new Label("熔断断开", "Breaker open: " + breaker.why().orElse("")), Map.of());
    if (readAt.plus(policy.maxAge()).isBefore(now))
      return new Outcome.Refused(
          Hold.NO_READING, new Label("读数已过期", "The reading is too old"), Map.of());
    if (desk.runs().busy(fault.machine()))
      return new Outcome.Refused(Hold.LEASE, leased(), Map.of());
    Optional<Long> fence =
        desk.leases().take(fault.machine(), desk.node(), now, now.plus(desk.settings().lease()));
    if (fence.isEmpty()) return new Outcome.Refused(Hold.LEASE, leased(), Map.of());
    if (!running(fault, machine, go, reading, uses, fence.get(), approval))
      return new Outcome.Lost();
    boolean trial = breaker.gate() == Breaker.Gate.TRIAL;
    Rows.Run row = row(fault, go, reading, fence.get(), trial, now);
    long run = desk.runs().begin(row, machine.version());
    desk.begun(run, row, approval);
    desk.permits().take(limits, fault.id(), run, now);
    desk.plans().outcome(fault.id(), "RUN");
    desk.plans().useApproval(fault.id());
    desk.crash().at(Crash.Point.INSIDE_START);
    return new Outcome.Begun(run);
  }

  /** The mode itself, or in mode suggest a person's word on this very plan. */
  private boolean may(Decision.Go go, Optional<Approval> approval) {
    return switch (modes.of(go.policy().name())) {
      case AUTO -> true;
      case SUGGEST ->
          approval.filter(a -> a.plan().equals(go.offer().digest(go.policy()))).isPresent();
      case OBSERVE -> false;
    };
  }

  private boolean running(
      Fault fault,
      MachineDoc machine,
      Decision.Go go,
      Reading reading,
      List<Permits.Use> uses,
      long fence,
      Optional<Approval> approval) {
    Map<String, Object> details = new LinkedHashMap<>(budgets(uses));
    details.put("policy", go.policy().name());
    details.put("revision", go.policy().revision());
    details.put("runbook", go.offer().runbook());
    approval.ifPresent(a -> details.put("approved_by", a.by()));
    details.put("fence", fence);
    details.put("cmdb_version", machine.version());
    details.put("reading", Desk.facts(reading));
    Label why =
        new Label(
            "许可、租约齐备，开始 " + go.offer().runbook(),
            "Permits and lease taken; begins " + go.offer().runbook());
    return desk.move(fault, Edge.E19, FaultState.RUNNING, go.policy().name(), why, details)
        .isPresent();
  }

  private Rows.Run row(
      Fault fault, Decision.Go go, Reading reading, long fence, boolean trial, Instant now) {
    Ground.Offer offer = go.offer();
    return new Rows.Run(
        0,
        fault.id(),
        fault.machine(),
        go.policy().name(),
        go.policy().revision(),
        offer.runbook(),
        offer.rung(),
        offer.position(),
        offer.orders(),
        offer.undo(),
        0,
        Rows.RunState.RUNNING,
        null,
        desk.node(),
        fence,
        fault.component(),
        reading.evidence(),
        trial,
        now,
        null);
  }

  private static Map<String, Object> budgets(List<Permits.Use> uses) {
    return Map.of("budgets", new ArrayList<>(uses.stream().map(Permits.Use::facts).toList()));
  }

  private static Label noPermit(Permits.Use use) {
    String used = " " + use.used() + "/" + use.of();
    return new Label(
        "预算用尽：" + use.words().zh() + used, "Budget used up: " + use.words().en() + used);
  }

  private static Label leased() {
    return new Label("这台机器正被另一个执行占用", "Another run has this machine");
  }

  private static Label changed(String zh, String en) {
    return new Label("计划已过时：" + zh, "The plan is stale: " + en);
  }
}
