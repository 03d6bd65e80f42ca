package io.fettle.fault;

import static java.util.Objects.requireNonNull;

import io.fettle.fault.Standing.At;
import io.fettle.fault.Standing.BindingKey;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.Observation;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Takes the edges that a batch of changed findings calls for, inside the batch's transaction. */
@Component
class Settling {
  private static final int MOST_EDGES = 4;

  private final Standing standing;
  private final FaultTable faults;
  private final Edges edges;
  private final FaultBook book;
  private final Suppression suppression;
  private final StormWatch storms;
  private final Keeping keeping;
  private final Rules rules;
  private final FaultSettings settings;
  private final Clock clock;

  Settling(
      Standing standing,
      FaultTable faults,
      Edges edges,
      FaultBook book,
      Suppression suppression,
      StormWatch storms,
      Keeping keeping,
      Rules rules,
      FaultSettings settings,
      Clock clock) {
    this.standing = standing;
    this.faults = faults;
    this.edges = edges;
    this.book = book;
    this.suppression = suppression;
    this.storms = storms;
    this.keeping = keeping;
    this.rules = rules;
    this.settings = settings;
    this.clock = clock;
  }

  /** A fault newly confirmed in this batch; whether it may be acted upon is settled last. */
  private record Confirmed(BindingKey key, Fault fault) {}

  void settle(Pending pending) {
    Instant now = clock.instant();
    List<BindingKey> keys = pending.keys();
    Set<BindingKey> moved = new HashSet<>();
    List<Confirmed> confirmed = new ArrayList<>();
    Map<BindingKey, Fault> rows = current(stirred(keys, pending, now), pending);
    for (Fault opened : open(keys, pending, now)) {
      BindingKey key = BindingKey.of(opened);
      pending.lookAgain(key);
      moved.add(key);
      rows.put(key, opened);
    }
    for (int round = 0; round < MOST_EDGES && !rows.isEmpty(); round++)
      rows = advance(rows, pending, moved, confirmed, now);
    guard(confirmed, pending);
    keeping.keep(keys, pending, moved, now);
  }

  /** Open faults of which the batch has something to write. */
  private Map<FaultId, BindingKey> stirred(List<BindingKey> keys, Pending pending, Instant now) {
    Map<FaultId, BindingKey> stirred = new HashMap<>();
    for (BindingKey key : keys)
      standing
          .of(key)
          .filter(at -> stirs(key, at, pending, now))
          .ifPresent(at -> stirred.put(at.id(), key));
    return stirred;
  }

  private boolean stirs(BindingKey key, At at, Pending pending, Instant now) {
    if (pending.isWithdrawn(key)) return FaultGraph.allows(Edge.E37, at.state(), FaultState.CLOSED);
    Judgement judged = judged(key, pending, badAfter(at), now);
    if (Decision.next(at.state(), at.before(), judged).isPresent() || mayRelease(at, judged))
      return true;
    if (Decision.doubtful(at.state(), judged)) pending.lookAgain(key);
    return pending.newestBad(key).filter(bad -> differs(at, bad)).isPresent();
  }

  /**
   * The rows as they are now, saying what the newest reading says; memory follows those that
   * somebody else moved.
   */
  private Map<BindingKey, Fault> current(Map<FaultId, BindingKey> asked, Pending pending) {
    Map<BindingKey, Fault> rows = new LinkedHashMap<>();
    for (Fault row : faults.lockOpen(asked.keySet())) {
      BindingKey key = requireNonNull(asked.remove(row.id()));
      Optional<Fault> seen =
          pending
              .newestBad(key)
              .filter(bad -> !pending.isWithdrawn(key) && differs(At.of(row), bad))
              .flatMap(bad -> faults.saw(row.id(), bad));
      Fault fault = seen.orElse(row);
      long known = standing.of(key).map(At::version).orElse(0L);
      if (seen.isPresent() || fault.version() != known)
        Hints.afterCommit(() -> standing.put(fault));
      rows.put(key, fault);
    }
    asked.values().forEach(gone -> Hints.afterCommit(() -> standing.remove(gone)));
    return rows;
  }

  private List<Fault> open(List<BindingKey> keys, Pending pending, Instant now) {
    List<Observation> first = new ArrayList<>();
    for (BindingKey key : keys) {
      if (standing.of(key).isPresent() || pending.isWithdrawn(key)) continue;
      if (Decision.next(null, null, judged(key, pending, 0, now)).isPresent())
        pending.newestBad(key).ifPresent(first::add);
    }
    List<Fault> opened = edges.open(first);
    if (opened.size() < first.size()) {
      Set<BindingKey> have = new HashSet<>();
      opened.forEach(fault -> have.add(BindingKey.of(fault)));
      first.stream().filter(bad -> !have.contains(BindingKey.of(bad))).forEach(this::adopt);
    }
    return opened;
  }

  /** An open fault of this key that this check found but memory does not know. */
  private void adopt(Observation bad) {
    faults
        .open(bad.machine(), bad.faultClass(), FaultTable.component(bad))
        .filter(fault -> fault.check().equals(bad.check()))
        .ifPresent(fault -> Hints.afterCommit(() -> standing.put(fault)));
  }

  /** Every fault takes the edge that its finding calls for now; the rows that may take one more. */
  private Map<BindingKey, Fault> advance(
      Map<BindingKey, Fault> rows,
      Pending pending,
      Set<BindingKey> moved,
      List<Confirmed> confirmed,
      Instant now) {
    Map<FaultId, String> suppressed = suppressed(rows.values());
    List<Step> steps = new ArrayList<>();
    List<Fault> nothing = new ArrayList<>();
    rows.forEach((key, fault) -> {
      Judgement judged = judged(key, pending, badAfter(At.of(fault)), now);
      Optional<Decision> next = Decision.next(fault.state(), fault.stateBefore(), judged);
      if (pending.isWithdrawn(key)) withdraw(fault).ifPresent(steps::add);
      else if (next.isEmpty())
        release(key, fault, judged, pending, suppressed).ifPresent(steps::add);
      else if (next.get().edge() == Edge.E2) nothing.add(fault);
      else steps.add(step(key, fault, next.get(), judged, pending));
    });
    nothing.forEach(suspect -> cleared(BindingKey.of(suspect), pending, now));
    Set<FaultId> forgotten = edges.forget(nothing);
    for (Fault suspect : nothing)
      if (forgotten.contains(suspect.id())) moved.add(BindingKey.of(suspect));
    return take(steps, pending, moved, confirmed, now);
  }

  private Map<BindingKey, Fault> take(
      List<Step> steps,
      Pending pending,
      Set<BindingKey> moved,
      List<Confirmed> confirmed,
      Instant now) {
    Map<FaultId, Fault> after = book.take(steps);
    Map<BindingKey, Fault> rows = new LinkedHashMap<>();
    for (Step step : steps) {
      Fault fault = after.get(step.from().id());
      if (fault == null) continue;
      BindingKey key = BindingKey.of(fault);
      moved.add(key);
      if (fault.state() == FaultState.RECOVERED) cleared(key, pending, now);
      if (fault.state() == FaultState.CONFIRMED && step.from().state() != FaultState.HELD)
        confirmed.add(new Confirmed(key, fault));
      if (fault.state() != FaultState.CLOSED) rows.put(key, fault);
    }
    return rows;
  }

  private Step step(BindingKey key, Fault fault, Decision next, Judgement judged, Pending pending) {
    Window window = finding(key, pending).window();
    ConfirmRule rule = rules.of(key.check());
    return switch (next.edge()) {
      case E3 -> Edges.confirm(fault, window, judged, rule);
      case E31 -> Edges.relapse(fault, window, judged, rule);
      case E5 -> Edges.seenAgain(fault);
      case E8, E11, E18, E36 -> Edges.recover(fault, next.edge(), window, rule);
      default -> throw new IllegalStateException("not an edge of the fold: " + next + " " + fault);
    };
  }

  /** Why those that are held stay held, asked once for all of them. */
  private Map<FaultId, String> suppressed(Collection<Fault> rows) {
    return suppression.of(rows.stream().filter(fault -> fault.state() == FaultState.HELD).toList());
  }

  private Optional<Step> release(
      BindingKey key,
      Fault fault,
      Judgement judged,
      Pending pending,
      Map<FaultId, String> suppressed) {
    return mayRelease(At.of(fault), judged)
        ? edges.release(fault, finding(key, pending).flapping(), suppressed.get(fault.id()))
        : Optional.empty();
  }

  private static Optional<Step> withdraw(Fault fault) {
    return FaultGraph.allows(Edge.E37, fault.state(), FaultState.CLOSED)
        ? Optional.of(Edges.withdraw(fault))
        : Optional.empty();
  }

  private Judgement judged(BindingKey key, Pending pending, long badAfter, Instant now) {
    return Judgement.of(finding(key, pending).window(), rules.of(key.check()), badAfter, now);
  }

  private static Finding finding(BindingKey key, Pending pending) {
    return requireNonNull(pending.get(key));
  }

  private void cleared(BindingKey key, Pending pending, Instant now) {
    Finding finding = finding(key, pending);
    pending.keep(key, finding.with(finding.flapping().cleared(now, settings.flap().halfLife())));
  }

  /** After all confirmations of the batch: is it a storm, a lemon, maintenance, flapping? */
  private void guard(List<Confirmed> confirmed, Pending pending) {
    if (confirmed.isEmpty()) return;
    storms.watch(confirmed.stream().map(c -> c.fault().id()).toList());
    Map<Fault, Flapping> flapping = new LinkedHashMap<>();
    for (Confirmed one : confirmed)
      flapping.put(one.fault(), finding(one.key(), pending).flapping());
    edges.guard(flapping);
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
}
