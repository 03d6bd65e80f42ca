package io.fettle.fault;

import java.time.Duration;
import java.time.Instant;

/** When something must have happened to a fault in this state, unless the cause says otherwise. */
record Deadlines(FaultSettings settings) {
  Instant of(FaultState state, Instant now) {
    return now.plus(within(state));
  }

  Duration within(FaultState state) {
    return switch (state) {
      case SUSPECT -> settings.decideWithin();
      case CONFIRMED -> settings.decideWithin();
      case HELD -> settings.holdFor();
      case STALE -> settings.staleFor();
      case PLANNED -> Duration.ofHours(1);
      case AWAITING -> Duration.ofHours(24);
      case RUNNING, VERIFYING, UNCERTAIN -> Duration.ofMinutes(30);
      case ESCALATED, FIELD -> settings.remind();
      case RECOVERED -> settings.stableFor();
      case CLOSED -> Duration.ZERO;
    };
  }
}
