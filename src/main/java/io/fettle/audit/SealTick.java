package io.fettle.audit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Seals several times a second, so that a committed row is in the chain within one. */
@Component
class SealTick implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(SealTick.class);
  private static final Duration PAUSE = Duration.ofMillis(400);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);

  private final Sealer sealer;
  private volatile @Nullable Thread thread;
  private volatile boolean failing;

  SealTick(Sealer sealer) {
    this.sealer = sealer;
  }

  @Override
  public synchronized void start() {
    Thread fresh = Thread.ofVirtual().name("audit-sealer").unstarted(this::run);
    thread = fresh;
    fresh.start();
  }

  @Override
  public synchronized void stop() {
    Thread running = thread;
    thread = null;
    if (running == null) return;
    running.interrupt();
    try {
      running.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  /** True while the last try failed. */
  boolean failing() {
    return failing;
  }

  private void run() {
    while (thread == Thread.currentThread()) {
      Duration pause = once();
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private Duration once() {
    try {
      sealer.seal();
      if (failing) LOG.info("audit rows are being sealed again");
      failing = false;
      return PAUSE;
    } catch (DataAccessException | TransactionException e) {
      if (!failing && thread != null)
        LOG.warn("audit rows are not being sealed: {}", e.getMessage());
      failing = true;
      return PAUSE_AFTER_FAILURE;
    }
  }
}
