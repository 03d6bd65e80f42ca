package io.fettle.fault;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toSet;

import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Register;
import io.fettle.fault.Standing.BindingKey;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.monitoring.Observation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The edges that the fault room takes by itself, each in the caller's transaction. */
@Component
class Edges {
  private static final Actor SELF = Actor.system("fault");
  private static final Duration LEMON_MEMORY = Duration.ofDays(30);

  private final FaultBook book;
  private final EdgeTable table;
  private final StoryTable stories;
  private final Standing standing;
  private final Hints hints;
  private final Suppression suppression;
  private final Register register;
  private final FaultSettings settings;
  private final Clock clock;

  Edges(
      FaultBook book,
      EdgeTable table,
      StoryTable stories,
      Standing standing,
      Hints hints,
      Suppression suppression,
      Register register,
      FaultSettings settings,
      Clock clock) {
    this.book = book;
    this.table = table;
    this.stories = stories;
    this.standing = standing;
    this.hints = hints;
    this.suppression = suppression;
    this.register = register;
    this.settings = settings;
    this.clock = clock;
  }

  /** Edge 1. Missing are those of which a fault is open already (found by another check). */
  List<Fault> open(List<Observation> first) {
    if (first.isEmpty()) return List.of();
    Instant now = clock.instant();
    Map<AssetId, MachineCard> cards =
        register.cards(first.stream().map(Observation::machine).collect(toSet()));
    Instant deadline = new Deadlines(settings).of(FaultState.SUSPECT, now);
    List<Fault> opened = table.open(first, cards, now, deadline, now.minus(LEMON_MEMORY));
    Map<BindingKey, Observation> seen = new HashMap<>();
    first.forEach(observation -> seen.put(BindingKey.of(observation), observation));
    stories.add(
        opened.stream()
            .map(fault -> firstSeen(fault, requireNonNull(seen.get(BindingKey.of(fault))), now))
            .toList());
    for (Fault fault : opened) {
      Hints.afterCommit(() -> standing.put(fault));
      hints.moved(fault);
    }
    return opened;
  }

  private static StoryTable.Told firstSeen(Fault fault, Observation first, Instant now) {
    Map<String, Object> details = new LinkedHashMap<>(observed(first));
    details.put("edge", 1);
    details.put("to", FaultState.SUSPECT.name());
    details.put("actor", SELF.toString());
    return new StoryTable.Told(
        fault.id(), new StoryEntry(now, "observed", Words.firstSeen(fault.summary()), details));
  }

  /** Edge 2; the ids of those that went. */
  Set<FaultId> forget(List<Fault> suspects) {
    Set<FaultId> gone = table.forget(suspects);
    for (Fault suspect : suspects) {
      if (!gone.contains(suspect.id())) continue;
      Hints.afterCommit(() -> standing.remove(BindingKey.of(suspect)));
      hints.moved(suspect);
    }
    return gone;
  }

  static Step confirm(Fault suspect, Window window, Judgement judged, ConfirmRule rule) {
    return step(
        suspect,
        Edge.E3,
        FaultState.CONFIRMED,
        Words.confirmed(judged.bad(), rule.of()),
        slots(window));
  }

  static Step relapse(Fault recovered, Window window, Judgement judged, ConfirmRule rule) {
    return step(
        recovered,
        Edge.E31,
        FaultState.CONFIRMED,
        Words.relapsed(judged.bad(), rule.of()),
        slots(window));
  }

  /** Edges 8, 11, 18 and 36. */
  static Step recover(Fault fault, Edge edge, Window window, ConfirmRule rule) {
    String by = fault.state() == FaultState.FIELD ? "field" : "self";
    Cause cause =
        new Cause(SELF, Words.recovered(rule.okSlots()), slots(window), null, null, null, null, by);
    return Step.of(fault, edge, FaultState.RECOVERED, cause);
  }

  /** Edge 5 back to where it was. */
  static Step seenAgain(Fault stale) {
    return step(stale, Edge.E5, requireNonNull(stale.stateBefore()), Words.seenAgain(), Map.of());
  }

  /** Edge 37 when the check no longer speaks of the component. */
  static Step withdraw(Fault fault) {
    return step(fault, Edge.E37, FaultState.CLOSED, Words.absent(), Map.of());
  }

  /**
   * What follows a confirmation at once: a lemon goes to a person (edge 10), a suppressed or
   * flapping one is held (edge 6). Those that stay CONFIRMED are left alone.
   */
  void guard(Map<Fault, Flapping> confirmed) {
    Map<FaultId, String> suppressed = suppression.of(confirmed.keySet());
    List<Step> steps = new ArrayList<>();
    confirmed.forEach((fault, flapping) -> {
      String reason =
          flapping.holds(settings.flap(), clock.instant())
              ? Suppression.FLAPPING
              : suppressed.get(fault.id());
      if (fault.relapses() >= settings.lemonAfter()) steps.add(lemon(fault));
      else if (reason != null) steps.add(hold(fault, reason));
    });
    book.take(steps);
  }

  private static Step lemon(Fault fault) {
    return step(
        fault,
        Edge.E10,
        FaultState.ESCALATED,
        Words.lemon(fault.relapses()),
        Map.of("relapses", fault.relapses()));
  }

  /** Edge 6. */
  Step hold(Fault confirmed, String reason) {
    Instant now = clock.instant();
    Optional<Instant> worked =
        reason.equals(Suppression.MAINTENANCE)
            ? suppression.workedOnUntil(confirmed, now)
            : Optional.empty();
    Instant deadline = worked.orElse(now).plus(settings.holdFor());
    Cause cause = new Cause(SELF, Words.held(reason), Map.of(), reason, null, null, deadline, null);
    return Step.of(confirmed, Edge.E6, FaultState.HELD, cause);
  }

  /**
   * Edge 7, when this room's reason for the hold is gone; the caller has a fresh BAD.
   *
   * @param suppressed why actions on it are suppressed now; null when they are not
   */
  Optional<Step> release(Fault held, Flapping flapping, @Nullable String suppressed) {
    boolean gone =
        switch (held.heldFor()) {
          case Suppression.FLAPPING ->
              flapping.over(settings.flap(), clock.instant()) && suppressed == null;
          case Suppression.MAINTENANCE, Suppression.STORM, Suppression.COVERAGE ->
              suppressed == null;
          case null, default -> false;
        };
    return gone
        ? Optional.of(step(held, Edge.E7, FaultState.CONFIRMED, Words.released(), Map.of()))
        : Optional.empty();
  }

  private static Step step(
      Fault fault, Edge edge, FaultState to, Label why, Map<String, Object> details) {
    return Step.of(fault, edge, to, Cause.of(SELF, why, details));
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
