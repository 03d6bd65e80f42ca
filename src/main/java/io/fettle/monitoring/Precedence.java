package io.fettle.monitoring;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.springframework.stereotype.Component;

/**
 * Somebody waits for an answer: for a moment no scheduled visit is begun. Bounded to a fifth of the
 * time, so that whoever asks all the time makes visits a little late and never stops them.
 */
@Component
class Precedence {
  static final Duration MOMENT = Duration.ofSeconds(2);

  /** What may be taken at once: two moments, for a look before and the start after it. */
  private static final long MOST = 2 * MOMENT.toNanos();

  /** Less is of no use to who waits. */
  private static final long LEAST = MOMENT.toNanos() / 2;

  private static final int SHARE = 5;

  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private long granted = MOST;
  private long seen;
  private long until;

  Precedence() {
    this(System::nanoTime);
  }

  Precedence(LongSupplier nanos) {
    this.nanos = nanos;
    this.seen = nanos.getAsLong();
    this.until = seen;
  }

  /** For a moment from now on, or as much of it as may be taken yet. */
  void ask() {
    lock.lock();
    try {
      long now = nanos.getAsLong();
      granted = Math.min(MOST, granted + (now - seen) / SHARE);
      seen = now;
      if (granted < LEAST) return;
      long left = Math.max(0, until - now);
      long more = Math.min(MOMENT.toNanos() - left, granted);
      granted -= more;
      until = now + left + more;
    } finally {
      lock.unlock();
    }
  }

  /** How long visits wait yet; zero: they go on. */
  Duration left() {
    lock.lock();
    try {
      long left = until - nanos.getAsLong();
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
