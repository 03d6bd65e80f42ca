package io.fettle.batch;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds jobs by their state and gives each a driver. A job belongs to one process at a time; one
 * that is not heard of loses it, and what it had sent is in doubt.
 */
final class Engine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  private static final int BITE = 20;
  private static final int BITES = 100;

  private final Desk desk;
  private final Recorder recorder;
  private final Map<JobId, Driver> drivers = new ConcurrentHashMap<>();
  private final ReentrantLock sweeping = new ReentrantLock();
  private volatile boolean closed;

  Engine(Desk desk) {
    this.desk = desk;
    this.recorder = new Recorder(desk);
  }

  /** Claims what is this process's or nobody's, and gives it a driver. */
  void sweep() {
    sweeping.lock();
    try {
      if (closed) return;
      for (JobId job :
          desk.jobs().claim(desk.node(), desk.now(), desk.now().plus(desk.settings().holder())))
        drivers.computeIfAbsent(job, this::driver);
      drivers.values().forEach(Driver::look);
    } finally {
      sweeping.unlock();
    }
  }

  /** Something changed by hand: looks at once, on a thread of its own. */
  void hint() {
    Thread.ofVirtual()
        .name("batch-hint")
        .start(() -> {
          try {
            sweep();
          } catch (RuntimeException e) {
            LOG.info("batch: the sweep will see it: {}", e.toString());
          }
        });
  }

  /** Forgets what ended long ago, bite by bite; the rest of a backlog is for the next hour. */
  void tidy() {
    Instant before = desk.now().minus(desk.settings().keep());
    for (int i = 0; i < BITES && !closed; i++) if (desk.jobs().forget(before, BITE) == 0) return;
  }

  private Driver driver(JobId job) {
    Driver driver = new Driver(desk, recorder, job);
    Thread.ofVirtual()
        .name("batch-" + job)
        .start(() -> {
          try {
            driver.drive();
          } catch (RuntimeException e) {
            LOG.warn("job={} is taken up again by the sweep: {}", job, e.toString());
          } finally {
            drivers.remove(job, driver);
          }
        });
    return driver;
  }

  /** Ends as a killed process does; only tests do so. */
  void die() {
    closed = true;
    drivers.values().forEach(Driver::close);
    recorder.die();
  }

  /** Begins nothing more; what is at work has a few seconds, the rest is for the next start. */
  @Override
  public void close() {
    sweeping.lock();
    closed = true;
    sweeping.unlock();
    drivers.values().forEach(Driver::close);
    recorder.close();
    try {
      desk.jobs().letGo(desk.node());
    } catch (RuntimeException e) {
      LOG.info("batch: jobs are let go by time: {}", e.toString());
    }
  }
}
