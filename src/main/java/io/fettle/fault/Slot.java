package io.fettle.fault;

import io.fettle.monitoring.Observation;
import java.time.Instant;

/**
 * The order of observations, never the wall clock: epoch first, then slot, packed into one number
 * (the slot's milliseconds in the low 42 bits, good until the year 2109).
 */
final class Slot {
  private static final int BITS = 42;
  private static final long MASK = (1L << BITS) - 1;

  private Slot() {}

  static long of(int epoch, long millis) {
    return ((long) epoch << BITS) | Math.clamp(millis, 0, MASK);
  }

  static long of(Observation observation) {
    return of(observation.epoch(), observation.slot());
  }

  static long millis(long slot) {
    return slot & MASK;
  }

  static Instant at(long slot) {
    return Instant.ofEpochMilli(millis(slot));
  }
}
