package io.fettle.transport.ssh;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Both output streams of one exec and everything that can happen to it, under one lock: the
 * library's threads write, a virtual thread waits for what it wants to see. Each stream keeps its
 * head up to the limit; the rest is only counted.
 */
final class Streams {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final int limit;
  private final long ceiling;
  private final Head out = new Head(false);
  private final Head err = new Head(true);
  private final SshCommand.@Nullable Heard heard;
  private long total;

  Streams(int limit, long ceiling) {
    this(limit, ceiling, null);
  }

  Streams(int limit, long ceiling, SshCommand.@Nullable Heard heard) {
    this.limit = limit;
    this.ceiling = ceiling;
    this.heard = heard;
  }

  OutputStream out() {
    return out;
  }

  OutputStream err() {
    return err;
  }

  String outText() {
    return out.text();
  }

  String errText() {
    return err.text();
  }

  boolean cut() {
    return out.cut() || err.cut();
  }

  /** Bytes that came, of both streams. */
  long total() {
    lock.lock();
    try {
      return total;
    } finally {
      lock.unlock();
    }
  }

  /** True once more came than anybody will ever want. */
  boolean over() {
    return total > ceiling;
  }

  /** Something outside the streams changed: look again. */
  void changed() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the condition holds; false when the time has passed first. */
  boolean await(BooleanSupplier condition, Deadline until) {
    lock.lock();
    try {
      while (!condition.getAsBoolean()) {
        long left = until.leftNanos();
        if (left == 0) return false;
        changed.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private final class Head extends OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final boolean error;
    private long seen;

    private Head(boolean error) {
      this.error = error;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      lock.lock();
      try {
        kept.write(bytes, from, Math.min(length, limit - kept.size()));
        seen += length;
        total += length;
        if (heard != null) heard.heard(error, bytes, from, length);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    private boolean cut() {
      lock.lock();
      try {
        return seen > kept.size();
      } finally {
        lock.unlock();
      }
    }

    private String text() {
      lock.lock();
      try {
        return kept.toString(StandardCharsets.UTF_8);
      } finally {
        lock.unlock();
      }
    }
  }
}
