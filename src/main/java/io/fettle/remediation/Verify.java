package io.fettle.remediation;

import io.fettle.fault.Fault;
import io.fettle.fault.FaultId;
import io.fettle.fault.FaultState;
import io.fettle.kernel.Label;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.check.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** VERIFYING faults: the check that found it looks again, as often as the policy asks. */
final class Verify {
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(10);
  private final Desk desk;
  private final Finish finish;

  Verify(Desk desk, Finish finish) {
    this.desk = desk;
    this.finish = finish;
  }

  void on(FaultId id) {
    Optional<Rows.Verification> under = desk.attempts().verification(id);
    Optional<Fault> fault = desk.faults().find(id);
    if (under.isEmpty() || fault.isEmpty()) return;
    if (fault.get().state() != FaultState.VERIFYING) {
      gone(id);
      return;
    }
    if (under.get().dueAt().isAfter(desk.now())) return;
    desk.crash().at(Crash.Point.IN_VERIFICATION);
    Optional<Reading> reading = desk.look(fault.get());
    judge(fault.get(), under.get(), reading);
    desk.crash().at(Crash.Point.AFTER_PROOF);
  }

  /** A verification that nobody wrote down (the graph was entered elsewhere) gets its record. */
  void ensure(Fault fault) {
    if (desk.attempts().verification(fault.id()).isPresent()) return;
    Instant now = desk.now();
    Duration deadline = desk.settings().hurry(Duration.ofMinutes(10));
    desk.attempts()
        .verify(
            new Rows.Verification(
                fault.id(),
                null,
                "human",
                now,
                Optional.ofNullable(desk.settings().ok()).orElse(2),
                0,
                desk.settings().hurry(Duration.ofSeconds(10)),
                now.plus(deadline)));
  }

  private void judge(Fault fault, Rows.Verification v, Optional<Reading> reading) {
    Verdict verdict = reading.map(Reading::verdict).orElse(Verdict.UNKNOWN);
    Optional<Rows.Run> run = Optional.ofNullable(v.run()).flatMap(desk.runs()::run);
    Map<String, Object> facts = new LinkedHashMap<>();
    reading.ifPresent(r -> facts.put("reading", Desk.facts(r)));
    facts.put("ok", verdict == Verdict.OK ? v.okSeen() + 1 : 0);
    facts.put("ok_needed", v.okNeeded());
    switch (verdict) {
      case OK -> ok(fault, v, run, facts);
      case BAD -> {
        Label why = new Label("验证未通过：检查仍看到故障", "Not proven: the check still sees it");
        finish.disproven(fault, run, "FAILED", why, facts);
      }
      case UNKNOWN -> unknown(fault, v, run, facts);
    }
  }

  private void ok(
      Fault fault, Rows.Verification v, Optional<Rows.Run> run, Map<String, Object> facts) {
    int seen = v.okSeen() + 1;
    if (seen >= v.okNeeded()) finish.proven(fault, run, v.fixedBy(), facts);
    else desk.attempts().looked(fault.id(), seen, desk.now().plus(v.gap()));
  }

  private void unknown(
      Fault fault, Rows.Verification v, Optional<Rows.Run> run, Map<String, Object> facts) {
    Instant now = desk.now();
    if (now.isBefore(v.deadlineAt())) {
      desk.attempts().looked(fault.id(), 0, now.plus(desk.settings().hurry(BETWEEN_TRIES)));
      return;
    }
    Label why = new Label("到期仍无结论", "No verdict by the deadline");
    if (run.isPresent())
      finish.giveUp(fault, run.get(), io.fettle.fault.Edge.E29, "UNPROVEN", why, facts);
    else finish.disproven(fault, run, "UNPROVEN", why, facts);
    desk.attempts().verified(fault.id());
  }

  private void gone(FaultId id) {
    desk.runs()
        .active(id)
        .filter(r -> r.state() == Rows.RunState.VERIFYING)
        .ifPresent(finish::cancelled);
    desk.attempts().verified(id);
  }
}
