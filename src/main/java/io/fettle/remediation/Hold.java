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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Faults held by this room: into HELD (14), and out of it again (7) when the reason is gone. */
final class Hold {
  static final String NO_PERMIT = "no_permit";
  static final String LEASE = "lease";
  static final String FREEZE = "freeze";
  static final String BREAKER = "breaker";

  /** The register or the policy moved between plan and run; the fault is decided anew. */
  static final String CHANGED = "changed";

  /** No fresh reading could be had before the run. */
  static final String NO_READING = "no_reading";

  private static final Set<String> OURS =
      Set.of(NO_PERMIT, LEASE, FREEZE, BREAKER, CHANGED, NO_READING);
  private final Desk desk;
  private final Fuse fuse;

  Hold(Desk desk, Fuse fuse) {
    this.desk = desk;
    this.fuse = fuse;
  }

  /** Reasons that end by themselves: others are repaired first, and a moving queue needs nobody. */
  private static final Set<String> QUEUED = Set.of(NO_PERMIT, LEASE);

  /**
   * When a person gets a fault that cannot be acted on; null leaves it to the fault room's {@code
   * hold-for}: its own reasons, and waiting for one's turn.
   */
  static @Nullable Instant deadline(
      Desk desk, Fault fault, MachineDoc machine, String reason, Instant now) {
    if (!OURS.contains(reason) || QUEUED.contains(reason)) return null;
    Duration after =
        desk.shelf().owners(fault.faultClass(), machine).stream()
            .map(Policy::escalateAfter)
            .findFirst()
            .orElse(Duration.ofMinutes(45));
    Instant since = fault.confirmedAt() == null ? now : fault.confirmedAt();
    Instant end = since.plus(after);
    Instant soon = now.plus(desk.settings().hurry(Duration.ofMinutes(5)));
    return end.isBefore(soon) ? soon : end;
  }

  /** Edge 14, in a transaction of its own. */
  void hold(
      Fault fault, MachineDoc machine, String reason, Label why, Map<String, Object> details) {
    Instant now = desk.now();
    Cause cause =
        new Cause(
            Desk.actor("-"),
            why,
            details,
            reason,
            null,
            null,
            deadline(desk, fault, machine, reason, now),
            null);
    desk.transactions()
        .executeWithoutResult(t -> {
          desk.faults().advance(fault.id(), fault.version(), Edge.E14, FaultState.HELD, cause);
          desk.plans().outcome(fault.id(), "HOLD");
          desk.plans().lookAt(fault.id(), now.plus(pause()));
        });
  }

  /** Looks at a held fault again. */
  void again(FaultId id) {
    Optional<Fault> held =
        desk.faults().find(id).filter(f -> f.state() == FaultState.HELD && f.heldFor() != null);
    if (held.isEmpty()) {
      desk.plans().outcome(id, "PAST");
      return;
    }
    Fault fault = held.get();
    desk.plans().lookAt(id, desk.now().plus(pause()));
    if (!OURS.contains(String.valueOf(fault.heldFor()))) return;
    Optional<MachineDoc> machine = desk.register().machine(fault.machine());
    if (machine.isEmpty() || !gone(fault, machine.get())) return;
    Optional<Reading> fresh = desk.look(fault).filter(r -> r.verdict() == Verdict.BAD);
    if (fresh.isEmpty()) return;
    Label why = new Label("搁置原因已消除，且新读数仍异常", "The reason is gone and a fresh reading is bad");
    desk.move(
        fault, Edge.E7, FaultState.CONFIRMED, "-", why, Map.of("reading", Desk.facts(fresh.get())));
  }

  private boolean gone(Fault fault, MachineDoc machine) {
    if (desk.policies().freeze().on() || desk.faults().suppressedFor(fault).isPresent())
      return false;
    List<Policy> owners = desk.shelf().owners(fault.faultClass(), machine);
    if (owners.size() != 1) return true;
    Policy policy = owners.getFirst();
    if (fuse.look(policy, desk.now()).gate() == Breaker.Gate.OPEN) return false;
    if (leased(fault, desk.now())) return false;
    var uses = desk.permits().uses(desk.permits().limits(policy, machine), fault.id(), desk.now());
    return Permits.refusal(uses).isEmpty();
  }

  /** True while another run or a batch job has the machine. */
  boolean leased(Fault fault, Instant now) {
    return desk.runs().busy(fault.machine())
        || desk.leases().lease(fault.machine()).filter(l -> l.expiresAt().isAfter(now)).isPresent();
  }

  private Duration pause() {
    return desk.settings().hurry(Duration.ofSeconds(20));
  }
}
