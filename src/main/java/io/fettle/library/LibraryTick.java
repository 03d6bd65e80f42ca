package io.fettle.library;

import io.fettle.kernel.Changed;
import io.fettle.kernel.Loop;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Follows the repository: finds by state what moved without a word, what is to be exported and
 * which mirrors are behind. A hint after a change only makes it sooner.
 */
@Component
class LibraryTick implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(LibraryTick.class);

  private final RefDesk refs;
  private final Export export;
  private final MirrorWork mirrors;
  private final LibrarySettings settings;
  private final AtomicBoolean hinted = new AtomicBoolean();
  private volatile @Nullable Loop loop;

  LibraryTick(RefDesk refs, Export export, MirrorWork mirrors, LibrarySettings settings) {
    this.refs = refs;
    this.export = export;
    this.mirrors = mirrors;
    this.settings = settings;
  }

  @EventListener(ApplicationReadyEvent.class)
  synchronized void start() {
    if (loop == null) loop = Loop.every("library-sweep", settings.sweep(), this::sweep);
  }

  /** Who moved a branch does not wait for what follows from it. */
  @EventListener
  void on(Changed hint) {
    if (loop != null && hint.what().equals("library") && hinted.compareAndSet(false, true))
      Thread.ofVirtual().name("library-hint").start(this::follow);
  }

  private synchronized void follow() {
    hinted.set(false);
    attempt(this::sweep);
  }

  /** Each part is looked at even when the one before fails. */
  synchronized void sweep() {
    attempt(refs::reconcile);
    attempt(export::follow);
    mirrors.sweep();
  }

  private static void attempt(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException e) {
      LOG.warn("the library's sweep goes on after: {}", e.toString());
    }
  }

  @Override
  public void destroy() {
    Loop running;
    synchronized (this) {
      running = loop;
      loop = null;
    }
    if (running != null) running.close();
  }
}
