package io.fettle.fault;

import io.fettle.fault.Standing.BindingKey;
import io.fettle.kernel.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * What a passed deadline means in the states that are this room's: close what is stable, ask a
 * person where nothing happened, remind of what is still open.
 */
@Component
class Overdue {
  private static final int MOST = 200;
  private static final Duration LATER = Duration.ofSeconds(30);
  private static final Set<FaultState> OURS =
      Set.of(
          FaultState.SUSPECT,
          FaultState.CONFIRMED,
          FaultState.HELD,
          FaultState.STALE,
          FaultState.ESCALATED,
          FaultState.FIELD,
          FaultState.RECOVERED);

  private final FaultTable faults;
  private final Findings findings;
  private final Edges edges;
  private final FaultBook book;
  private final Rules rules;
  private final FaultSettings settings;
  private final Clock clock;

  Overdue(
      FaultTable faults,
      Findings findings,
      Edges edges,
      FaultBook book,
      Rules rules,
      FaultSettings settings,
      Clock clock) {
    this.faults = faults;
    this.findings = findings;
    this.edges = edges;
    this.book = book;
    this.rules = rules;
    this.settings = settings;
    this.clock = clock;
  }

  void pass() {
    Instant now = clock.instant();
    faults.overdue(OURS, now, MOST).forEach(fault -> settle(fault, now));
  }

  private void settle(Fault fault, Instant now) {
    switch (fault.state()) {
      case SUSPECT -> suspect(fault, now);
      case CONFIRMED ->
          edges.take(fault, Edge.E10, FaultState.ESCALATED, Words.undecided(), Map.of());
      case HELD -> {
        String reason = String.valueOf(fault.heldFor());
        edges.take(
            fault,
            Edge.E9,
            FaultState.ESCALATED,
            Words.heldTooLong(reason),
            Map.of("held_for", reason));
      }
      case STALE -> edges.take(fault, Edge.E5, FaultState.ESCALATED, Words.unseen(), Map.of());
      case RECOVERED -> recovered(fault, now);
      case ESCALATED, FIELD -> remind(fault, now);
      case PLANNED, AWAITING, RUNNING, VERIFYING, UNCERTAIN, CLOSED -> {}
    }
  }

  /** A suspect that hears neither OK nor BAD for long is not observed, whatever arrives. */
  private void suspect(Fault fault, Instant now) {
    Optional<Finding> finding = findings.find(BindingKey.of(fault));
    boolean silent =
        finding.isEmpty()
            || finding.get().window().isEmpty()
            || finding.get().window().verdict(0) == Verdict.UNKNOWN;
    if (silent) edges.take(fault, Edge.E4, FaultState.STALE, Words.noVerdict(), Map.of());
    else faults.postpone(fault, now.plus(settings.decideWithin()));
  }

  /** Edge 30: OK without a gap for as long as asked, and still so now. Silence closes nothing. */
  private void recovered(Fault fault, Instant now) {
    ConfirmRule rule = rules.of(fault.check());
    Optional<Window> window = findings.find(BindingKey.of(fault)).map(Finding::window);
    long since = window.map(w -> w.okSince(rule.maxGap())).orElse(0L);
    if (since == 0) {
      faults.postpone(fault, now.plus(LATER));
      return;
    }
    Instant stable = Slot.at(since).plus(settings.stableFor());
    Instant newest = Slot.at(window.orElseThrow().newest());
    boolean current = !newest.plusMillis(rule.maxGap()).isBefore(now);
    if (current && !stable.isAfter(now))
      edges.take(
          fault,
          Edge.E30,
          FaultState.CLOSED,
          Words.closed(settings.stableFor()),
          Map.of("ok_since", Slot.at(since).toString()));
    else faults.postpone(fault, stable.isAfter(now) ? stable : now.plus(LATER));
  }

  private void remind(Fault fault, Instant now) {
    if (faults.postpone(fault, now.plus(settings.remind())))
      book.tell(fault.id(), new StoryEntry(now, "reminder", Words.stillOpen(), Map.of()));
  }
}
