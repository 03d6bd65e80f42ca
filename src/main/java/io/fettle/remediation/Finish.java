package io.fettle.remediation;

import io.fettle.cmdb.MachineDoc;
import io.fettle.fault.Cause;
import io.fettle.fault.Edge;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultState;
import io.fettle.kernel.Label;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How runs come to their end: into verification, to a person, to the next rung, to proof. */
final class Finish {
  private final Desk desk;
  private final Survey survey;
  private final Decide decide;

  Finish(Desk desk, Survey survey, Decide decide) {
    this.desk = desk;
    this.survey = survey;
    this.decide = decide;
  }

  /** Edges 21 and 24: the check that found it has the last word, after it has settled. */
  boolean verify(Fault fault, Rows.Run run, Edge edge, Label why, boolean settle) {
    Policy.Proof proof = proof(run);
    Instant now = desk.now();
    Instant due = settle ? now.plus(proof.settle()) : now;
    Instant deadline = due.plus(proof.deadline());
    return done(t -> {
      Cause cause =
          new Cause(
              Desk.actor(run.policy()),
              why,
              Map.of("run", run.id(), "due_at", due.toString(), "ok_needed", proof.ok()),
              null,
              null,
              due,
              deadline,
              null);
      if (desk.faults()
          .advance(fault.id(), fault.version(), edge, FaultState.VERIFYING, cause)
          .isEmpty()) return false;
      if (!desk.runs().state(run.id(), run.state(), Rows.RunState.VERIFYING)) return undo(t);
      desk.attempts()
          .verify(
              new Rows.Verification(
                  fault.id(), run.id(), "run", due, proof.ok(), 0, proof.gap(), deadline));
      desk.leases().end(run.machine(), run.fence(), now);
      return true;
    });
  }

  /** Edges 25, 26 and 29 with a run: a person gets it, with the truth about what was done. */
  boolean giveUp(
      Fault fault, Rows.Run run, Edge edge, String outcome, Label why, Map<String, Object> facts) {
    Map<String, Object> details = new LinkedHashMap<>(facts);
    details.put("run", run.id());
    details.put("outcome", outcome);
    return done(t -> {
      Cause cause = Cause.of(Desk.actor(run.policy()), why, details);
      if (desk.faults()
          .advance(fault.id(), fault.version(), edge, FaultState.ESCALATED, cause)
          .isEmpty()) return false;
      if (!desk.ended(run, outcome)) return undo(t);
      letGo(fault, run);
      return true;
    });
  }

  /** Edge 27: proven. */
  boolean proven(Fault fault, Optional<Rows.Run> run, String fixedBy, Map<String, Object> facts) {
    Label why = new Label("发现它的检查已看到故障消失", "The check that found it sees it gone");
    String policy = run.map(Rows.Run::policy).orElse("-");
    int next = run.map(r -> r.rung()).orElse(fault.rung());
    return done(t -> {
      Cause cause = new Cause(Desk.actor(policy), why, facts, null, next, null, null, fixedBy);
      desk.crash().at(Crash.Point.INSIDE_PROOF);
      if (desk.faults()
          .advance(fault.id(), fault.version(), Edge.E27, FaultState.RECOVERED, cause)
          .isEmpty()) return false;
      run.ifPresent(r -> desk.ended(r, "VERIFIED"));
      run.ifPresent(r -> letGo(fault, r));
      desk.leases().release(fault.id());
      desk.attempts().verified(fault.id());
      return true;
    });
  }

  /** Edges 28 and 29: not proven; the next rung while there is one and time is left. */
  boolean disproven(
      Fault fault, Optional<Rows.Run> run, String outcome, Label why, Map<String, Object> facts) {
    if (run.isEmpty()) return backToPerson(fault, why, facts);
    Optional<MachineDoc> machine = desk.register().machine(fault.machine());
    Optional<Policy> policy = desk.shelf().policy(run.get().policy());
    if (machine.isEmpty() || policy.isEmpty() || tooLate(fault, policy.get()))
      return escalate(fault, run.get(), outcome, why, facts);
    Instant notBefore = desk.now().plus(cooldown(policy.get(), run.get()));
    Ground ground = survey.of(fault, machine.get(), run.get().position() + 1);
    if (ground.mode() != Remediation.Mode.AUTO)
      return askAgain(ground, run.get(), outcome, why, facts);
    return done(t -> {
      if (!desk.ended(run.get(), outcome)) return undo(t);
      desk.leases().end(run.get().machine(), run.get().fence(), desk.now());
      desk.attempts().verified(fault.id());
      return nextRung(ground, notBefore, run.get()) || undo(t);
    })
        || escalate(fault, run.get(), outcome, why, facts);
  }

  /** Where a person's word let the run go, the next rung needs another. */
  private boolean askAgain(
      Ground ground, Rows.Run run, String outcome, Label why, Map<String, Object> facts) {
    Fault fault = ground.fault();
    Decision.Reason reason =
        ground.mode() == Remediation.Mode.SUGGEST
            ? Decision.Reason.SUGGESTED
            : Decision.Reason.MODE;
    boolean moved = escalate(fault, run, outcome, why, facts);
    if (moved) desk.plans().outcome(fault.id(), reason.name());
    return moved;
  }

  private static Duration cooldown(Policy policy, Rows.Run run) {
    int rung = Math.min(run.rung(), policy.ladder().size() - 1);
    return policy.ladder().get(rung).cooldown();
  }

  private boolean nextRung(Ground ground, Instant notBefore, Rows.Run run) {
    Optional<Ground.Offer> offer =
        ground.offers().stream().filter(o -> o.refused().isEmpty()).findFirst();
    if (ground.policy().isEmpty() || offer.isEmpty()) return false;
    Guard failed =
        new Guard(
            "verification",
            false,
            new Label(
                "上一级未通过验证：" + run.runbook(), "the rung before was not proven: " + run.runbook()));
    var go = new Decision.Go(ground.policy().get(), offer.get(), List.of(failed), List.of());
    return decide.plan(
        ground.fault(),
        ground.machine(),
        go,
        Edge.E28,
        Desk.actor(run.policy()),
        notBefore,
        desk.now());
  }

  /** Counted from the first run since it was confirmed: waiting for a turn uses up no rung. */
  private boolean tooLate(Fault fault, Policy policy) {
    Instant confirmed = fault.confirmedAt() == null ? fault.openedAt() : fault.confirmedAt();
    Instant since =
        desk.runs().of(fault.id()).stream()
            .map(Rows.Run::startedAt)
            .filter(start -> !start.isBefore(confirmed))
            .min(Comparator.naturalOrder())
            .orElse(confirmed);
    return !desk.now().isBefore(since.plus(policy.escalateAfter()));
  }

  private boolean escalate(
      Fault fault, Rows.Run run, String outcome, Label why, Map<String, Object> facts) {
    boolean moved = giveUp(fault, run, Edge.E29, outcome, why, facts);
    if (moved) desk.attempts().verified(fault.id());
    return moved;
  }

  private boolean backToPerson(Fault fault, Label why, Map<String, Object> facts) {
    return done(t -> {
      Cause cause = Cause.of(Desk.actor("-"), why, facts);
      desk.attempts().verified(fault.id());
      desk.leases().release(fault.id());
      return desk.faults()
          .advance(fault.id(), fault.version(), Edge.E29, FaultState.ESCALATED, cause)
          .isPresent();
    });
  }

  /** The fault was closed or moved by somebody else while a run was open. */
  void cancelled(Rows.Run run) {
    desk.transactions()
        .executeWithoutResult(t -> {
          desk.ended(run, "CANCELLED");
          desk.leases().release(run.fault());
          desk.leases().end(run.machine(), run.fence(), desk.now());
          desk.attempts().verified(run.fault());
        });
  }

  private void letGo(Fault fault, Rows.Run run) {
    desk.leases().release(fault.id());
    desk.leases().end(run.machine(), run.fence(), desk.now());
  }

  private Policy.Proof proof(Rows.Run run) {
    return desk.shelf()
        .policy(run.policy())
        .map(Policy::verify)
        .orElse(new Policy.Proof(Duration.ofSeconds(60), 2, Duration.ofMinutes(10)));
  }

  private boolean done(
      java.util.function.Function<org.springframework.transaction.TransactionStatus, Boolean>
          work) {
    return Boolean.TRUE.equals(desk.transactions().execute(work::apply));
  }

  private static boolean undo(org.springframework.transaction.TransactionStatus status) {
    status.setRollbackOnly();
    return false;
  }
}
