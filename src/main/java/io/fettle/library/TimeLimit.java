package io.fettle.library;

import java.time.Duration;

/**
 * Interrupts the thread that made it, and runs what else ends its work, when that lasts too long.
 */
final class TimeLimit implements AutoCloseable {
  private final Thread worker = Thread.currentThread();
  private final Thread watch;
  private boolean over;
  private boolean reached;

  TimeLimit(Duration limit, Runnable end) {
    watch =
        Thread.ofVirtual()
            .name("time-limit")
            .start(() -> {
              try {
                Thread.sleep(limit);
                reach(end);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private synchronized void reach(Runnable end) {
    if (over) return;
    reached = true;
    end.run();
    worker.interrupt();
  }

  /** True when the work was ended. */
  synchronized boolean isReached() {
    return reached;
  }

  /** From here on nothing is interrupted any more, and the worker goes on as if it had not been. */
  @Override
  public void close() {
    synchronized (this) {
      over = true;
      if (reached) Thread.interrupted();
    }
    watch.interrupt();
  }
}
