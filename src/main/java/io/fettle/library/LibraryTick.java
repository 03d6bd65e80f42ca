package io.fettle.library;

import io.fettle.kernel.Loop;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Finds by state what moved without a word. */
@Component
class LibraryTick implements DisposableBean {
  private final RefDesk refs;
  private final LibrarySettings settings;
  private @Nullable Loop loop;

  LibraryTick(RefDesk refs, LibrarySettings settings) {
    this.refs = refs;
    this.settings = settings;
  }

  @EventListener(ApplicationReadyEvent.class)
  synchronized void start() {
    if (loop == null) loop = Loop.every("library-sweep", settings.sweep(), this::sweep);
  }

  void sweep() {
    refs.reconcile();
  }

  @Override
  public synchronized void destroy() {
    if (loop != null) loop.close();
  }
}
