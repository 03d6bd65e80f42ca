package io.fettle.kernel;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls one task again and again on one thread of its own, with a pause in between, until closed. A
 * failure is logged once per kind and never ends the loop.
 */
public final class Loop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread thread;
  private String lastFailure = "";

  private Loop(String name, Duration pause, Runnable task) {
    thread =
        Thread.ofVirtual()
            .name(name)
            .start(() -> {
              while (!waited(pause)) attempt(name, task);
            });
  }

  /** Starts; the first call comes after one pause. */
  public static Loop every(String name, Duration pause, Runnable task) {
    return new Loop(name, pause, task);
  }

  /** Ends the loop; waits for a call in progress at most 10 s, then interrupts it. */
  @Override
  public void close() {
    end.countDown();
    try {
      if (!thread.join(Duration.ofSeconds(10))) thread.interrupt();
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private boolean waited(Duration pause) {
    try {
      return end.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private void attempt(String name, Runnable task) {
    try {
      task.run();
      lastFailure = "";
    } catch (RuntimeException e) {
      String failure = e.getClass().getName();
      if (failure.equals(lastFailure)) LOG.debug("loop={} failed again", name, e);
      else LOG.warn("loop={} failed, will be tried again: {}", name, e.toString());
      lastFailure = failure;
    }
  }
}
