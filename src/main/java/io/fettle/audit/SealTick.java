package io.fettle.audit;

import io.fettle.kernel.Loop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Seals several times a second, so that a committed row is in the chain within one. */
@Component
class SealTick implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(SealTick.class);
  private static final Duration PAUSE = Duration.ofMillis(400);

  private final Sealer sealer;
  private volatile @Nullable Loop loop;
  private volatile boolean failing;

  SealTick(Sealer sealer) {
    this.sealer = sealer;
  }

  @Override
  public synchronized void start() {
    loop = Loop.every("audit-sealer", PAUSE, this::once);
  }

  @Override
  public synchronized void stop() {
    Loop running = loop;
    loop = null;
    if (running != null) running.close();
  }

  @Override
  public boolean isRunning() {
    return loop != null;
  }

  /** True while the last try failed. */
  boolean failing() {
    return failing;
  }

  private void once() {
    try {
      sealer.seal();
      if (failing) LOG.info("audit rows are being sealed again");
      failing = false;
    } catch (RuntimeException e) {
      if (!failing && loop != null) LOG.warn("audit rows are not being sealed: {}", e.toString());
      failing = true;
    }
  }
}
