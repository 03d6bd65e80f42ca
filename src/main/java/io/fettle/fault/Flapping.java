package io.fettle.fault;

import java.time.Duration;
import java.time.Instant;

/** How often a binding cleared lately: one point per clearing, halved every half-life. */
record Flapping(double score, Instant at) {
  static final Flapping NONE = new Flapping(0, Instant.EPOCH);

  double now(Instant now, Duration halfLife) {
    double halves = (double) Duration.between(at, now).toMillis() / halfLife.toMillis();
    return halves <= 0 ? score : score * Math.pow(0.5, Math.min(halves, 60));
  }

  Flapping cleared(Instant now, Duration halfLife) {
    return new Flapping(now(now, halfLife) + 1, now);
  }

  boolean holds(FaultSettings.Flap rule, Instant now) {
    return now(now, rule.halfLife()) >= rule.score();
  }

  /** Lower than where it began to hold, so that the hold itself does not flap. */
  boolean over(FaultSettings.Flap rule, Instant now) {
    return now(now, rule.halfLife()) < rule.score() / 2;
  }

  boolean negligible(FaultSettings.Flap rule, Instant now) {
    return now(now, rule.halfLife()) < 0.5;
  }
}
