package io.fettle.remediation;

import io.fettle.audit.Audit;
import io.fettle.cmdb.MachineDoc;
import io.fettle.fault.Edge;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultId;
import io.fettle.fault.FaultState;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import java.util.Map;
import java.util.Optional;

/**
 * Mode suggest: what would be done about a fault that waits for a person, and the person's word
 * that it may be done (edge 32). Everything else that keeps an automatic run back keeps this one
 * back too: the freeze, the breaker, suppressions, permits, leases and the look before acting.
 */
final class Suggest {
  private final Desk desk;
  private final Survey survey;
  private final Decide decide;
  private final Audit audit;

  Suggest(Desk desk, Survey survey, Audit audit) {
    this.desk = desk;
    this.survey = survey;
    this.decide = new Decide(desk, survey);
    this.audit = audit;
  }

  /** What a person may let run now; empty unless the fault waits and its policy suggests. */
  Optional<Remediation.Suggestion> of(FaultId id) {
    return waiting(id).flatMap(this::ground).flatMap(this::of);
  }

  private Optional<Fault> waiting(FaultId id) {
    return desk.faults().find(id).filter(f -> f.state() == FaultState.ESCALATED);
  }

  private Optional<Ground> ground(Fault fault) {
    return desk.register().machine(fault.machine()).map(machine -> survey.of(fault, machine));
  }

  private Optional<Remediation.Suggestion> of(Ground ground) {
    if (ground.mode() != Remediation.Mode.SUGGEST || ground.policy().isEmpty())
      return Optional.empty();
    return Decision.on(ground.approvedAs("")) instanceof Decision.HandOver d
        ? d.suggests().map(offer -> suggestion(ground.policy().get(), offer))
        : Optional.empty();
  }

  private Remediation.Suggestion suggestion(Policy policy, Ground.Offer offer) {
    Label label =
        desk.shelf()
            .runbook(offer.runbook())
            .map(Runbook::label)
            .orElse(Label.same(offer.runbook()));
    int place = offer.rung() + 1;
    int of = policy.ladder().size();
    return new Remediation.Suggestion(
        policy.name(),
        offer.runbook(),
        label,
        offer.orders().stream().map(Runbook.Order::told).toList(),
        new Label(
            "策略 " + policy.name() + " 处于建议模式；这是第 " + place + " 级预案，共 " + of + " 级",
            "Policy " + policy.name() + " is in mode suggest; this is rung " + place + " of " + of),
        offer.digest(policy));
  }

  /**
   * Lets the suggested runbook run.
   *
   * @param plan the {@code plan} of the suggestion that the person saw
   */
  void run(FaultId id, String plan, Actor who) {
    Fault fault = waiting(id).orElseThrow(() -> notWaiting(id));
    Ground ground = ground(fault).orElseThrow(() -> notWaiting(id));
    Remediation.Suggestion suggestion = of(ground).orElseThrow(() -> notSuggested(id));
    if (!suggestion.plan().equals(plan))
      throw Problem.conflict(
          "建议已变，请看过新的再决定", "The suggestion has changed; look at the new one first");
    switch (Decision.on(ground.approvedAs(plan))) {
      case Decision.Go go -> begin(fault, ground.machine(), go, plan, who);
      case Decision.Hold hold -> throw Problem.conflict(hold.why().zh(), hold.why().en());
      case Decision.HandOver over -> throw Problem.conflict(over.why().zh(), over.why().en());
    }
  }

  private void begin(Fault fault, MachineDoc machine, Decision.Go go, String plan, Actor who) {
    Boolean planned =
        desk.transactions()
            .execute(t -> {
              if (!decide.plan(fault, machine, go, Edge.E32, who, null, desk.now())) return false;
              desk.plans().approve(fault.id(), new Approval(plan, who.toString(), desk.now()));
              audit.record(
                  who,
                  "fault.run_approved",
                  "fault:" + fault.id(),
                  null,
                  Map.of(
                      "policy",
                      go.policy().name(),
                      "revision",
                      go.policy().revision(),
                      "runbook",
                      go.offer().runbook(),
                      "steps",
                      go.offer().orders().stream().map(Runbook.Order::told).toList(),
                      "plan",
                      plan));
              return true;
            });
    if (!Boolean.TRUE.equals(planned))
      throw Problem.conflict(
          fault.id() + " 刚刚变了，请刷新后再试", fault.id() + " has just moved; look again");
  }

  private static Problem notWaiting(FaultId id) {
    return Problem.conflict(id + " 现在不等人处理", id + " does not wait for a person now");
  }

  private static Problem notSuggested(FaultId id) {
    return Problem.conflict(
        "没有给 " + id + " 的建议：策略不在建议模式，或没有可用的预案",
        "Nothing is suggested for "
            + id
            + ": its policy is not in mode suggest, or no runbook fits");
  }
}
