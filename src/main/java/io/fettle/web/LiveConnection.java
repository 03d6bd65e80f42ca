package io.fettle.web;

import io.fettle.kernel.Changed;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one open page has not been told yet: a set, so that a thing that changes often is told once;
 * beyond its bound it says {@code *}, everything.
 */
final class LiveConnection {
  static final int BOUND = 200;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Set<String> pending = new LinkedHashSet<>();
  private final long number;
  private final String who;
  private final String session;
  private final boolean seesAll;
  private boolean closed;

  LiveConnection(long number, String who, String session, boolean seesAll) {
    this.number = number;
    this.who = who;
    this.session = session;
    this.seesAll = seesAll;
  }

  /** Rises with every connection. */
  long number() {
    return number;
  }

  String who() {
    return who;
  }

  String session() {
    return session;
  }

  /**
   * An owner is told only that something of a kind changed, never which: ids are for those who may
   * see them.
   */
  void offer(Changed changed) {
    String hint = seesAll ? changed.what() + ":" + changed.id() : changed.what();
    lock.lock();
    try {
      if (closed || pending.contains("*")) return;
      if (pending.size() >= BOUND) everything();
      else pending.add(hint);
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Anything may have changed. */
  void offerEverything() {
    lock.lock();
    try {
      everything();
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  private void everything() {
    pending.clear();
    pending.add("*");
  }

  /** Waits for news and takes all of it; empty when the time passed without any. */
  Set<String> take(Duration wait) throws InterruptedException {
    lock.lock();
    try {
      long left = wait.toNanos();
      while (pending.isEmpty() && !closed && left > 0) left = news.awaitNanos(left);
      Set<String> taken = new LinkedHashSet<>(pending);
      pending.clear();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Lets a burst gather; returns at once when closed. */
  void gather(Duration pause) throws InterruptedException {
    lock.lock();
    try {
      long left = pause.toNanos();
      while (!closed && left > 0) left = news.awaitNanos(left);
    } finally {
      lock.unlock();
    }
  }

  boolean closed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
