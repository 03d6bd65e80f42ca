package io.fettle.fault;

import io.fettle.fault.Standing.At;
import io.fettle.fault.Standing.BindingKey;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.Observation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Takes the edges that a batch of changed findings calls for, inside the batch's transaction. */
@Component
class Settling {
  private static final Duration SAVE_AT_LEAST = Duration.ofMinutes(1);

  private final Findings findings;
  private final FindingTable snapshots;
  private final Standing standing;
  private final FaultTable faults;
  private final Edges edges;
  private final StormWatch storms;
  private final Rules rules;
  private final FaultSettings settings;
  private final Clock clock;

  Settling(
      Findings findings,
      FindingTable snapshots,
      Standing standing,
      FaultTable faults,
      Edges edges,
      StormWatch storms,
      Rules rules,
      FaultSettings settings,
      Clock clock) {
    this.findings = findings;
    this.snapshots = snapshots;
    this.standing = standing;
    this.faults = faults;
    this.edges = edges;
    this.storms = storms;
    this.rules = rules;
    this.settings = settings;
    this.clock = clock;
  }

  /** A fault newly confirmed in this batch; whether it may be acted upon is settled last. */
  private record Confirmed(BindingKey key, Fault fault) {}

  void settle(Pending pending) {
    Instant now = clock.instant();
    List<Confirmed> confirmed = new ArrayList<>();
    List<Map.Entry<BindingKey, Finding>> save = new ArrayList<>();
    List<BindingKey> forget = new ArrayList<>();
    for (BindingKey key : inOrder(pending.keys())) {
      boolean moved = step(key, pending, confirmed, now);
      Finding finding = java.util.Objects.requireNonNull(pending.get(key));
      if (isOver(key, finding, moved, now)) {
        if (finding.stored() != null) forget.add(key);
        pending.settled(key);
      } else if (moved || isDue(key, finding, now)) {
        save.add(Map.entry(key, finding));
        pending.keep(key, finding.stored(now));
      }
    }
    guard(confirmed, pending);
    if (!save.isEmpty()) snapshots.save(save);
    if (!forget.isEmpty()) snapshots.remove(forget);
  }

  /** Known faults first, by id: transactions that touch several lock them in one order. */
  private List<BindingKey> inOrder(List<BindingKey> keys) {
    return keys.stream()
        .sorted(
            Comparator.comparingLong(
                key -> standing.of(key).map(at -> at.id().value()).orElse(Long.MAX_VALUE)))
        .toList();
  }

  /** True when an edge was taken. */
  private boolean step(BindingKey key, Pending pending, List<Confirmed> confirmed, Instant now) {
    Finding finding = java.util.Objects.requireNonNull(pending.get(key));
    ConfirmRule rule = rules.of(key.check());
    Optional<At> at = standing.of(key);
    Judgement judged =
        Judgement.of(finding.window(), rule, at.map(Settling::badAfter).orElse(0L), now);
    if (pending.isWithdrawn(key)) return withdraw(at);
    if (at.isEmpty()) return open(key, pending, judged, rule, confirmed);
    pending
        .newestBad(key)
        .filter(bad -> differs(at.get(), bad))
        .flatMap(bad -> faults.saw(at.get().id(), bad))
        .ifPresent(fault -> Hints.afterCommit(() -> standing.put(fault)));
    boolean calm =
        Decision.next(at.get().state(), at.get().before(), judged).isEmpty()
            && !mayRelease(at.get(), judged);
    if (calm) {
      if (Decision.doubtful(at.get().state(), judged)) pending.lookAgain(key);
      return false;
    }
    Optional<Fault> fault = current(key, at.get());
    return fault.isPresent() && move(key, fault.get(), pending, rule, confirmed, now);
  }

  /** The row as it is now; memory follows it when somebody else moved it. */
  private Optional<Fault> current(BindingKey key, At at) {
    Optional<Fault> fault = faults.find(at.id()).filter(row -> row.state() != FaultState.CLOSED);
    if (fault.isEmpty()) Hints.afterCommit(() -> standing.remove(key));
    else if (fault.get().version() != at.version())
      Hints.afterCommit(() -> standing.put(fault.get()));
    return fault;
  }

  private boolean open(
      BindingKey key,
      Pending pending,
      Judgement judged,
      ConfirmRule rule,
      List<Confirmed> confirmed) {
    if (Decision.next(null, null, judged).isEmpty()) return false;
    Optional<Observation> first = pending.newestBad(key);
    Optional<Fault> suspect = first.flatMap(edges::open);
    if (suspect.isEmpty()) {
      first.ifPresent(this::adopt);
      return false;
    }
    pending.lookAgain(key);
    move(key, suspect.get(), pending, rule, confirmed, clock.instant());
    return true;
  }

  /** An open fault of this key that this check found but memory does not know. */
  private void adopt(Observation bad) {
    faults
        .open(bad.machine(), bad.faultClass(), FaultTable.component(bad))
        .filter(fault -> fault.check().equals(bad.check()))
        .ifPresent(fault -> Hints.afterCommit(() -> standing.put(fault)));
  }

  /** Takes edges from this row on for as long as the finding calls for one. */
  private boolean move(
      BindingKey key,
      Fault from,
      Pending pending,
      ConfirmRule rule,
      List<Confirmed> confirmed,
      Instant now) {
    Fault fault = from;
    boolean moved = false;
    for (int steps = 0; steps < 4; steps++) {
      Finding finding = java.util.Objects.requireNonNull(pending.get(key));
      Judgement judged = Judgement.of(finding.window(), rule, badAfter(At.of(fault)), now);
      Optional<Decision> next = Decision.next(fault.state(), fault.stateBefore(), judged);
      if (next.isPresent() && next.get().edge() == Edge.E2) {
        cleared(key, finding, pending, now);
        return edges.forget(fault) || moved;
      }
      Optional<Fault> after = take(fault, finding, judged, rule, next);
      if (after.isEmpty()) break;
      moved = true;
      if (after.get().state() == FaultState.RECOVERED) cleared(key, finding, pending, now);
      if (after.get().state() == FaultState.CONFIRMED && fault.state() != FaultState.HELD)
        confirmed.add(new Confirmed(key, after.get()));
      fault = after.get();
    }
    return moved;
  }

  private Optional<Fault> take(
      Fault fault, Finding finding, Judgement judged, ConfirmRule rule, Optional<Decision> next) {
    if (next.isEmpty())
      return mayRelease(At.of(fault), judged)
          ? edges.release(fault, finding.flapping())
          : Optional.empty();
    return switch (next.get().edge()) {
      case E3 -> edges.confirm(fault, finding.window(), judged, rule);
      case E31 -> edges.relapse(fault, finding.window(), judged, rule);
      case E5 -> edges.seenAgain(fault, java.util.Objects.requireNonNull(fault.stateBefore()));
      case E8, E11, E18, E36 -> edges.recover(fault, next.get().edge(), finding.window(), rule);
      default ->
          throw new IllegalStateException("not an edge of the fold: " + next.get() + " " + fault);
    };
  }

  private void cleared(BindingKey key, Finding finding, Pending pending, Instant now) {
    pending.keep(key, finding.with(finding.flapping().cleared(now, settings.flap().halfLife())));
  }

  /** After all confirmations of the batch: is it a storm, a lemon, maintenance, flapping? */
  private void guard(List<Confirmed> confirmed, Pending pending) {
    if (confirmed.isEmpty()) return;
    storms.watch(confirmed.stream().map(c -> c.fault().id()).toList());
    for (Confirmed one : confirmed) {
      Finding finding = pending.get(one.key());
      edges.guard(one.fault(), finding == null ? Flapping.NONE : finding.flapping());
    }
  }

  private boolean withdraw(Optional<At> at) {
    if (at.isEmpty() || !FaultGraph.allows(Edge.E37, at.get().state(), FaultState.CLOSED))
      return false;
    return faults
        .find(at.get().id())
        .filter(fault -> FaultGraph.allows(Edge.E37, fault.state(), FaultState.CLOSED))
        .flatMap(fault -> edges.take(fault, Edge.E37, FaultState.CLOSED, Words.absent(), Map.of()))
        .isPresent();
  }

  private static boolean mayRelease(At at, Judgement judged) {
    return at.state() == FaultState.HELD && judged.newest() == Verdict.BAD && judged.fresh();
  }

  private static long badAfter(At at) {
    return at.state() == FaultState.RECOVERED && at.recoveredAt() != null
        ? at.recoveredAt().toEpochMilli()
        : 0;
  }

  private static boolean differs(At at, Observation bad) {
    return at.state() != FaultState.RECOVERED
        && (at.severity() != bad.reading().severity()
            || at.summary() != At.summary(bad.reading().summary()));
  }

  /** The binding is healthy: no fault, no BAD among its slots, no flapping to remember. */
  private boolean isOver(BindingKey key, Finding finding, boolean moved, Instant now) {
    return !moved
        && standing.of(key).isEmpty()
        && (!finding.hasBad() || finding.absent() > 0)
        && finding.flapping().negligible(settings.flap(), now);
  }

  private boolean isDue(BindingKey key, Finding finding, Instant now) {
    Finding.Stored stored = finding.stored();
    if (stored == null || finding.window().isEmpty()) return stored == null;
    boolean suspect = standing.of(key).filter(at -> at.state() == FaultState.SUSPECT).isPresent();
    boolean turned = finding.window().verdict(0) != stored.newest();
    return suspect || turned || !now.isBefore(stored.at().plus(SAVE_AT_LEAST));
  }
}
