package io.fettle.monitoring;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.springframework.stereotype.Component;

/**
 * Somebody waits for an answer: for a moment no scheduled visit is begun. Bounded, so that whoever
 * asks all the time makes visits a little late and never stops them.
 */
@Component
class Precedence {
  static final Duration MOMENT = Duration.ofSeconds(2);
  private static final Duration APART = Duration.ofSeconds(10);

  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private long begun;

  Precedence() {
    this(System::nanoTime);
  }

  Precedence(LongSupplier nanos) {
    this.nanos = nanos;
    this.begun = nanos.getAsLong() - APART.toNanos();
  }

  /** From now on, unless it was asked for within the last seconds. */
  void ask() {
    lock.lock();
    try {
      long now = nanos.getAsLong();
      if (now - begun >= APART.toNanos()) begun = now;
    } finally {
      lock.unlock();
    }
  }

  /** How long visits wait yet; zero: they go on. */
  Duration left() {
    lock.lock();
    try {
      long left = MOMENT.toNanos() - (nanos.getAsLong() - begun);
      return left > 0 ? Duration.ofNanos(left) : Duration.ZERO;
    } finally {
      lock.unlock();
    }
  }

  /** Stands still in short steps while visits wait. */
  void await() throws InterruptedException {
    long left = left().toMillis();
    if (left > 0) TimeUnit.MILLISECONDS.sleep(Math.min(left, 100));
  }
}
