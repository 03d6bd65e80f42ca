package io.fettle.fault;

import io.fettle.monitoring.Monitoring.CheckInfo;
import java.time.Duration;

/**
 * How a check's slots are judged.
 *
 * @param bad so many BAD …
 * @param of … of so many of the last slots confirm
 * @param okSlots so many OK slots without a gap recover
 */
record ConfirmRule(int bad, int of, int okSlots, Duration interval) {
  private static final Duration LEAST_AGE = Duration.ofMinutes(2);
  static final ConfirmRule USUAL = new ConfirmRule(3, 4, 2, Duration.ofMinutes(5));

  static ConfirmRule of(CheckInfo check, FaultSettings settings) {
    int of = Math.clamp(check.of(), 1, 64);
    return new ConfirmRule(
        Math.clamp(check.bad(), 1, of), of, Math.max(1, settings.okSlots()), check.interval());
  }

  /** How many slots a window holds, those that may still come late included. */
  int keep() {
    return Math.max(of, okSlots) + Window.LATENESS;
  }

  /** Longer than this between two slots, in milliseconds, is a gap. */
  long maxGap() {
    return interval.toMillis() * 3 / 2 + 1_000;
  }

  /** BAD slots further back than this do not count any more, in milliseconds. */
  long span() {
    return Math.max(interval.toMillis() * of * 2, LEAST_AGE.toMillis());
  }

  /** A slot older than this may close doubt but never start anything, in milliseconds. */
  long maxAge() {
    return Math.max(interval.toMillis() * of, LEAST_AGE.toMillis());
  }
}
