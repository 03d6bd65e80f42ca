package io.fettle.remediation;

import io.fettle.fault.Fault;
import io.fettle.fault.FaultId;
import io.fettle.fault.FaultState;
import io.fettle.kernel.Actor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Drives every fault that wants something done. Work is found by state, never by event: one sweep
 * looks at what the database says and starts a job for each thing that is due. Any number of nodes
 * may sweep the same database; compare-and-set, unique indexes, leases and fences keep them apart.
 */
final class Engine {
  private static final int BITE = 200;
  private static final Duration DEBITS_KEPT = Duration.ofDays(31);
  private final Desk desk;
  private final Work work;
  private final Modes modes;
  private final Decide decide;
  private final Hold hold;
  private final Start start;
  private final Send send;
  private final TakeOver takeOver;
  private final Doubt doubt;
  private final Verify verify;
  private long activeCursor;
  private long holderCursor;
  private @Nullable Fault confirmedCursor;
  private @Nullable Fault verifyingCursor;

  Engine(Desk desk, Work work, Modes modes) {
    this.desk = desk;
    this.work = work;
    this.modes = modes;
    Fuse fuse = new Fuse(desk.policies());
    Survey survey = new Survey(desk, fuse, modes);
    decide = new Decide(desk, survey);
    hold = new Hold(desk, fuse);
    start = new Start(desk, survey, fuse, modes, hold);
    Finish finish = new Finish(desk, survey, decide);
    send = new Send(desk, finish);
    takeOver = new TakeOver(desk, send, finish);
    doubt = new Doubt(desk, send, takeOver, finish);
    verify = new Verify(desk, finish);
  }

  /** A hint that this fault is CONFIRMED now; losing it costs at most one sweep. */
  void confirmed(FaultId id) {
    work.submit(key(id), () -> decideAndStart(id));
  }

  /** Looks for everything that is due and starts a job for it. */
  void sweep() {
    sweepConfirmed();
    for (FaultId id : desk.plans().due(desk.now(), BITE)) work.submit(key(id), () -> planned(id));
    for (FaultId id : desk.attempts().due(desk.now(), BITE))
      work.submit(key(id), () -> verify.on(id));
    sweepActive();
    sweepVerifying();
    sweepRaised();
    release();
  }

  /** Forgets what no window reaches any more; now and then. */
  void tidy() {
    desk.leases().forget(desk.now().minus(DEBITS_KEPT));
    desk.permits().forget(desk.now().minus(DEBITS_KEPT));
  }

  private static String key(FaultId id) {
    return id.toString();
  }

  private void decideAndStart(FaultId id) {
    if (decide.on(id)) planned(id);
  }

  private void planned(FaultId id) {
    Optional<FaultState> state = desk.faults().find(id).map(Fault::state);
    if (state.isPresent() && state.get() == FaultState.HELD) hold.again(id);
    else start.on(id).ifPresent(send::drive);
  }

  /** A bite of the CONFIRMED at a time: some that nothing can be decided on keep nobody waiting. */
  private void sweepConfirmed() {
    List<Fault> faults = desk.faults().inState(FaultState.CONFIRMED, confirmedCursor, BITE);
    confirmedCursor = faults.size() < BITE ? null : faults.getLast();
    for (Fault fault : faults) confirmed(fault.id());
  }

  private void sweepActive() {
    List<Rows.Run> runs = desk.runs().active(activeCursor, BITE);
    activeCursor = runs.size() < BITE ? 0 : runs.getLast().id();
    for (Rows.Run run : runs) {
      switch (run.state()) {
        case RUNNING -> work.submit(key(run.fault()), () -> takeOver.on(run.id()));
        case UNCERTAIN -> work.submit(key(run.fault()), () -> doubt.on(run.id()));
        case VERIFYING, ENDED -> {}
      }
    }
  }

  private void sweepVerifying() {
    List<Fault> faults = desk.faults().inState(FaultState.VERIFYING, verifyingCursor, BITE);
    verifyingCursor = faults.size() < BITE ? null : faults.getLast();
    Set<FaultId> known = desk.attempts().underProof(faults.stream().map(Fault::id).toList());
    for (Fault fault : faults) if (!known.contains(fault.id())) verify.ensure(fault);
  }

  /** Faults that only the mode had kept from being repaired, once a person has raised it. */
  private void sweepRaised() {
    Instant now = desk.now();
    for (Policy policy : desk.shelf().policies()) {
      if (modes.of(policy.name()) != Remediation.Mode.AUTO) continue;
      Actor who = modes.raisedBy(policy.name());
      for (FaultId id : desk.plans().handedOverByMode(policy.name(), now, BITE))
        work.submit(key(id), () -> raised(id, who));
    }
  }

  private void raised(FaultId id, Actor who) {
    if (decide.afterRaise(id, who)) planned(id);
  }

  /** Places still held by faults that somebody else brought to an end. */
  private void release() {
    List<FaultId> holders = desk.leases().holders(holderCursor, BITE);
    holderCursor = holders.size() < BITE ? 0 : holders.getLast().value();
    Map<FaultId, FaultState> states = desk.faults().states(holders);
    for (FaultId id : holders) {
      FaultState state = states.get(id);
      if (!work.has(key(id)) && (state == null || ended(state))) desk.leases().release(id);
    }
  }

  private static boolean ended(FaultState state) {
    return switch (state) {
      case ESCALATED, RECOVERED, CLOSED, FIELD, SUSPECT -> true;
      case CONFIRMED, HELD, STALE, PLANNED, AWAITING, RUNNING, VERIFYING, UNCERTAIN -> false;
    };
  }
}
