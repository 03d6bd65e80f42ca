package io.fettle.remediation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Stops a policy whose repairs do not work; a pure rule. */
final class Breaker {
  private Breaker() {}

  /** One ended run. */
  record Ended(boolean verified, boolean relapsed, boolean trial, Instant at) {}

  /** Whether a run may start. */
  enum Gate {
    CLOSED,
    TRIAL,
    OPEN
  }

  /** Why it must open after these outcomes (newest first); empty when it may stay closed. */
  static Optional<String> opens(Policy.BreakerRule rule, List<Ended> latest) {
    List<Ended> window = latest.stream().limit(rule.window()).toList();
    long failed = window.stream().filter(e -> !e.verified()).count();
    long relapsed = window.stream().filter(e -> e.verified() && e.relapsed()).count();
    if (failed >= rule.verifyFail())
      return Optional.of(failed + "/" + window.size() + " not verified");
    if (relapsed >= rule.relapse())
      return Optional.of(relapsed + "/" + window.size() + " relapsed");
    return Optional.empty();
  }

  /** An open breaker lets one run at a time through once its cool-down is over. */
  static Gate gate(
      Policy.BreakerRule rule, boolean open, Instant openedAt, int inFlight, Instant now) {
    if (!open) return Gate.CLOSED;
    boolean cooled = !now.isBefore(openedAt.plus(rule.cooldown()));
    return cooled && inFlight == 0 ? Gate.TRIAL : Gate.OPEN;
  }
}
