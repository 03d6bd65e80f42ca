package io.fettle.fault;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Register;
import io.fettle.fault.Standing.BindingKey;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import io.fettle.monitoring.Observation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The edges that the fault room takes by itself, each in the caller's transaction. */
@Component
class Edges {
  private static final Actor SELF = Actor.system("fault");
  private static final Duration LEMON_MEMORY = Duration.ofDays(30);

  private final FaultBook book;
  private final FaultTable faults;
  private final StoryTable stories;
  private final Standing standing;
  private final Hints hints;
  private final Suppression suppression;
  private final Register register;
  private final FaultSettings settings;
  private final Clock clock;

  Edges(
      FaultBook book,
      FaultTable faults,
      StoryTable stories,
      Standing standing,
      Hints hints,
      Suppression suppression,
      Register register,
      FaultSettings settings,
      Clock clock) {
    this.book = book;
    this.faults = faults;
    this.stories = stories;
    this.standing = standing;
    this.hints = hints;
    this.suppression = suppression;
    this.register = register;
    this.settings = settings;
    this.clock = clock;
  }

  /** Edge 1. Empty when a fault of this key is open already (found by another check). */
  Optional<Fault> open(Observation first) {
    Instant now = clock.instant();
    MachineCard card = register.card(first.machine()).orElse(null);
    Instant deadline = new Deadlines(settings).of(FaultState.SUSPECT, now);
    Optional<Fault> opened = faults.insert(first, card, now, deadline, now.minus(LEMON_MEMORY));
    opened.ifPresent(fault -> {
      Map<String, Object> details = new LinkedHashMap<>(observed(first));
      details.put("edge", 1);
      details.put("to", FaultState.SUSPECT.name());
      details.put("actor", SELF.toString());
      stories.add(
          fault.id(), new StoryEntry(now, "observed", Words.firstSeen(fault.summary()), details));
      Hints.afterCommit(() -> standing.put(fault));
      hints.moved(fault);
    });
    return opened;
  }

  /** Edge 2. */
  boolean forget(Fault suspect) {
    boolean gone = faults.forget(suspect.id(), suspect.version());
    if (gone) {
      Hints.afterCommit(() -> standing.remove(BindingKey.of(suspect)));
      hints.moved(suspect);
    }
    return gone;
  }

  Optional<Fault> confirm(Fault suspect, Window window, Judgement judged, ConfirmRule rule) {
    return take(
        suspect,
        Edge.E3,
        FaultState.CONFIRMED,
        Words.confirmed(judged.bad(), rule.of()),
        slots(window));
  }

  Optional<Fault> relapse(Fault recovered, Window window, Judgement judged, ConfirmRule rule) {
    return take(
        recovered,
        Edge.E31,
        FaultState.CONFIRMED,
        Words.relapsed(judged.bad(), rule.of()),
        slots(window));
  }

  /** Edges 8, 11, 18 and 36. */
  Optional<Fault> recover(Fault fault, Edge edge, Window window, ConfirmRule rule) {
    String by = fault.state() == FaultState.FIELD ? "field" : "self";
    Cause cause =
        new Cause(SELF, Words.recovered(rule.okSlots()), slots(window), null, null, null, null, by);
    return book.advance(fault.id(), fault.version(), edge, FaultState.RECOVERED, cause);
  }

  /** Edge 5 back to where it was. */
  Optional<Fault> seenAgain(Fault stale, FaultState before) {
    return take(stale, Edge.E5, before, Words.seenAgain(), Map.of());
  }

  /**
   * What follows a confirmation at once: a lemon goes to a person (edge 10), a suppressed or
   * flapping one is held (edge 6). Empty when it stays CONFIRMED.
   */
  Optional<Fault> guard(Fault confirmed, Flapping flapping) {
    if (confirmed.relapses() >= settings.lemonAfter())
      return take(
          confirmed,
          Edge.E10,
          FaultState.ESCALATED,
          Words.lemon(confirmed.relapses()),
          Map.of("relapses", confirmed.relapses()));
    if (flapping.holds(settings.flap(), clock.instant()))
      return hold(confirmed, Suppression.FLAPPING);
    return suppression.of(confirmed).flatMap(reason -> hold(confirmed, reason));
  }

  /** Edge 6. */
  Optional<Fault> hold(Fault confirmed, String reason) {
    Instant end = clock.instant().plus(settings.holdFor());
    Instant deadline =
        suppression
            .window(confirmed)
            .filter(window -> reason.equals(Suppression.MAINTENANCE))
            .map(window -> window.until().plus(settings.holdFor()))
            .filter(end::isBefore)
            .orElse(end);
    Cause cause = new Cause(SELF, Words.held(reason), Map.of(), reason, null, null, deadline, null);
    return book.advance(confirmed.id(), confirmed.version(), Edge.E6, FaultState.HELD, cause);
  }

  /** Edge 7, when this room's reason for the hold is gone; the caller has a fresh BAD. */
  Optional<Fault> release(Fault held, Flapping flapping) {
    boolean gone =
        switch (held.heldFor()) {
          case Suppression.FLAPPING ->
              flapping.over(settings.flap(), clock.instant()) && suppression.of(held).isEmpty();
          case Suppression.MAINTENANCE, Suppression.STORM, Suppression.COVERAGE ->
              suppression.of(held).isEmpty();
          case null, default -> false;
        };
    return gone
        ? take(held, Edge.E7, FaultState.CONFIRMED, Words.released(), Map.of())
        : Optional.empty();
  }

  Optional<Fault> take(
      Fault fault, Edge edge, FaultState to, Label why, Map<String, Object> details) {
    return book.advance(fault.id(), fault.version(), edge, to, Cause.of(SELF, why, details));
  }

  static Map<String, Object> observed(Observation observation) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("check", observation.check());
    details.put("verdict", observation.reading().verdict().name());
    details.put("severity", observation.reading().severity().name());
    details.put("slot", Instant.ofEpochMilli(observation.slot()).toString());
    details.put("observed_at", observation.observedAt().toString());
    details.put("collector", observation.collector());
    details.put("evidence", observation.reading().evidence());
    return details;
  }

  private static Map<String, Object> slots(Window window) {
    List<Map<String, String>> slots =
        java.util.stream.IntStream.range(0, window.size())
            .map(i -> window.size() - 1 - i)
            .mapToObj(back ->
                Map.of(
                    "slot", Slot.at(window.slot(back)).toString(),
                    "verdict", window.verdict(back).name()))
            .toList();
    return Map.of("slots", slots);
  }
}
