package io.fettle.batch;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Wakes those that follow a job when this process has stored something of it. */
final class Bell {
  /** Between two looks at what was heard; a turn of the job itself is seen at once. */
  private static final Duration GAP = Duration.ofMillis(100);

  private final Map<JobId, Set<Ear>> ears = new ConcurrentHashMap<>();

  /** Something more of it was heard. */
  void heard(JobId job) {
    ears.getOrDefault(job, Set.of()).forEach(ear -> ear.rung(false));
  }

  /** It goes on, waits or is over. */
  void turned(JobId job) {
    ears.getOrDefault(job, Set.of()).forEach(ear -> ear.rung(true));
  }

  /** One that follows; it is woken by what comes after this call. */
  Jobs.Follow follow(JobId job) {
    Ear ear = new Ear(job);
    ears.compute(
        job,
        (_, old) -> {
          Set<Ear> all = old == null ? ConcurrentHashMap.newKeySet() : old;
          all.add(ear);
          return all;
        });
    return ear;
  }

  /** Jobs that somebody follows. */
  int followed() {
    return ears.size();
  }

  private final class Ear implements Jobs.Follow {
    private final JobId job;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rung = lock.newCondition();
    private boolean news;
    private boolean turn;
    private long looked = System.nanoTime();

    private Ear(JobId job) {
      this.job = job;
    }

    private void rung(boolean isTurn) {
      lock.lock();
      try {
        news = true;
        turn |= isTurn;
        rung.signal();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void await(Duration most) throws InterruptedException {
      lock.lock();
      try {
        long end = System.nanoTime() + most.toNanos();
        while (!news && until(end)) {}
        while (!turn && until(looked + GAP.toNanos())) {}
        news = false;
        turn = false;
        looked = System.nanoTime();
      } finally {
        lock.unlock();
      }
    }

    /** Waits for one ring; false when the time has come. */
    private boolean until(long end) throws InterruptedException {
      long left = end - System.nanoTime();
      return left > 0 && (rung.await(left, TimeUnit.NANOSECONDS) || end > System.nanoTime());
    }

    @Override
    public void close() {
      ears.computeIfPresent(
          job,
          (_, all) -> {
            all.remove(this);
            return all.isEmpty() ? null : all;
          });
    }
  }
}
