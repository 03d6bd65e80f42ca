package io.fettle.remediation;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where jobs run: bounded, at most one job per key at a time. */
interface Work {
  /** Runs the job some time soon; false when this key is at work already or too much is. */
  boolean submit(String key, Runnable job);

  /** True when a job of this key is at work in this process. */
  boolean has(String key);

  /** On virtual threads, at most {@code limit} at once. */
  static Work onVirtualThreads(int limit) {
    return new Work() {
      private static final Logger LOG = LoggerFactory.getLogger(Work.class);
      private final Semaphore places = new Semaphore(limit);
      private final Set<String> keys = ConcurrentHashMap.newKeySet();

      @Override
      public boolean submit(String key, Runnable job) {
        if (!keys.add(key)) return false;
        if (!places.tryAcquire()) {
          keys.remove(key);
          return false;
        }
        Thread.ofVirtual().name("remediation-" + key).start(() -> run(key, job));
        return true;
      }

      private void run(String key, Runnable job) {
        try {
          job.run();
        } catch (RuntimeException e) {
          LOG.warn("work={} stopped, the sweep will find it again: {}", key, e.toString());
        } finally {
          places.release();
          keys.remove(key);
        }
      }

      @Override
      public boolean has(String key) {
        return keys.contains(key);
      }
    };
  }
}
