package io.fettle.transport.ssh;

import java.time.Duration;

/** A point in time that several waits share. */
record Deadline(long nanos) {
  static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** The earlier of this one and so long from now. */
  Deadline atMost(Duration time) {
    Deadline other = in(time);
    return other.nanos - nanos < 0 ? other : this;
  }

  /** Never negative. */
  long leftNanos() {
    return Math.max(0, nanos - System.nanoTime());
  }

  boolean passed() {
    return leftNanos() == 0;
  }
}
