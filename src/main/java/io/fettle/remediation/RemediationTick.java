package io.fettle.remediation;

import io.fettle.fault.FaultConfirmed;
import io.fettle.kernel.Loop;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** The room's timed work: files, sweep, tidying; and the hint that spares a fault the wait. */
@Component
class RemediationTick implements DisposableBean {
  private final Engine engine;
  private final Shelf shelf;
  private final RemediationSettings settings;
  private final RemediationHealth health;
  private final List<Loop> loops = new ArrayList<>();

  RemediationTick(
      Engine engine, Shelf shelf, RemediationSettings settings, RemediationHealth health) {
    this.engine = engine;
    this.shelf = shelf;
    this.settings = settings;
    this.health = health;
  }

  @EventListener(ApplicationReadyEvent.class)
  void start() {
    if (!loops.isEmpty()) return;
    loadFiles();
    loops.add(Loop.every("policy-files", settings.reload(), shelf::reload));
    loops.add(Loop.every("remediation-sweep", settings.sweep(), this::sweep));
  }

  /**
   * Policies are there before the first sweep where that is possible; else the loop brings them.
   */
  private void loadFiles() {
    try {
      shelf.reload();
    } catch (RuntimeException e) {
      health.failed(e);
    }
  }

  @EventListener
  void on(FaultConfirmed hint) {
    if (!loops.isEmpty()) engine.confirmed(hint.id());
  }

  private void sweep() {
    try {
      engine.sweep();
      health.swept();
    } catch (RuntimeException e) {
      health.failed(e);
      throw e;
    }
  }

  @Override
  public void destroy() {
    loops.forEach(Loop::close);
  }
}
