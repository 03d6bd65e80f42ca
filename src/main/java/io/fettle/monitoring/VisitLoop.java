package io.fettle.monitoring;

import io.fettle.kernel.Loop;
import io.fettle.monitoring.Schedule.Due;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Makes the visits that are due, so many at once and no more; a visit that must wait is late, and
 * the lateness is measured. {@code fettle.monitoring.visits=false} leaves it still (for tests).
 */
@Component
class VisitLoop implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(VisitLoop.class);
  private static final Duration LAST_VISITS = Duration.ofSeconds(5);
  private static final long IDLE = 500;

  private final Schedule schedule;
  private final Bindings bindings;
  private final Collector collector;
  private final Visits visits;
  private final Outflow outflow;
  private final DataChecks checkFiles;
  private final Precedence precedence;
  private final MonitoringSettings settings;
  private final Clock clock;
  private final boolean enabled;
  private final Semaphore permits;
  private final Timer late;
  private final List<Loop> loops = new ArrayList<>();
  private final AtomicLong lastFailure = new AtomicLong();
  private volatile boolean running;

  VisitLoop(
      Schedule schedule,
      Bindings bindings,
      Collector collector,
      Visits visits,
      Outflow outflow,
      DataChecks checkFiles,
      Precedence precedence,
      MonitoringSettings settings,
      Clock clock,
      MeterRegistry meters,
      @Value("${fettle.monitoring.visits:true}") boolean enabled) {
    this.schedule = schedule;
    this.bindings = bindings;
    this.collector = collector;
    this.visits = visits;
    this.outflow = outflow;
    this.checkFiles = checkFiles;
    this.precedence = precedence;
    this.settings = settings;
    this.clock = clock;
    this.enabled = enabled;
    permits = new Semaphore(settings.concurrency());
    late = meters.timer("fettle.visit.late");
    meters.gauge("fettle.visit.missed", schedule, Schedule::missed);
    meters.gauge("fettle.visit.machines", schedule, Schedule::size);
    meters.gauge("fettle.visit.bindings", schedule, Schedule::bindings);
    meters.gauge("fettle.visit.running", this, VisitLoop::inFlight);
    meters.gauge("fettle.observations.waiting", outflow, Outflow::backlog);
  }

  @Override
  public void start() {
    if (!enabled || running) return;
    running = true;
    loops.add(Loop.every("observations", Duration.ofMillis(1), outflow::carry));
    loops.add(Loop.every("bindings", Duration.ofMillis(1), this::follow));
    loops.add(Loop.every("collector", Duration.ofSeconds(5), collector::beat));
    loops.add(Loop.every("visits", Duration.ofMillis(1), this::startDue));
    loops.add(Loop.every("check-files", Duration.ofSeconds(5), checkFiles::poll));
  }

  @Override
  public void stop() {
    running = false;
    if (loops.isEmpty()) return;
    loops.subList(1, loops.size()).reversed().forEach(Loop::close);
    awaitVisits();
    loops.getFirst().close();
    loops.clear();
  }

  /**
   * What is being asked of machines now still has a database to go to; a hung one is not waited
   * for.
   */
  private void awaitVisits() {
    int all = settings.concurrency();
    try {
      if (permits.tryAcquire(all, LAST_VISITS.toMillis(), TimeUnit.MILLISECONDS))
        permits.release(all);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  int inFlight() {
    return settings.concurrency() - permits.availablePermits();
  }

  private void follow() {
    bindings.follow();
    try {
      bindings.await(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts the visits that are due, as far as there is room; then waits a little. */
  private void startDue() {
    try {
      precedence.await();
      while (running
          && !isHeldBack()
          && !collector.isOverruled()
          && !outflow.isStuck()
          && startOne()) {}
      schedule.await(clock.millis(), IDLE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isHeldBack() {
    return !precedence.left().isZero();
  }

  /** False when nothing is due or there was no room for long. */
  private boolean startOne() throws InterruptedException {
    if (!permits.tryAcquire(IDLE, TimeUnit.MILLISECONDS)) return false;
    Optional<Due> due = schedule.next(clock.millis());
    if (due.isEmpty()) {
      permits.release();
      return false;
    }
    late.record(Math.max(0, clock.millis() - due.get().due()), TimeUnit.MILLISECONDS);
    Thread.ofVirtual().name("visit").start(() -> visit(due.get()));
    return true;
  }

  private void visit(Due due) {
    try {
      visits.make(due, outflow::put);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failed(due, e);
    } finally {
      schedule.done(due.machine());
      permits.release();
    }
  }

  /** Said once in a while only: without a database every visit fails. */
  private void failed(Due due, RuntimeException e) {
    long now = clock.millis();
    long last = lastFailure.get();
    if (now - last > 30_000 && lastFailure.compareAndSet(last, now))
      LOG.warn("visits fail, e.g. machine={}: {}", due.machine(), e.toString());
  }
}
