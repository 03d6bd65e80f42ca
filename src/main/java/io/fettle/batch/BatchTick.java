package io.fettle.batch;

import io.fettle.kernel.Loop;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** The room's timed work: jobs are found by their state, whatever was heard of them. */
@Component
class BatchTick implements DisposableBean {
  private final Engine engine;
  private final BatchSettings settings;
  private final Turns turns;
  private final List<Loop> loops = new ArrayList<>();

  BatchTick(Engine engine, Turns turns, BatchSettings settings) {
    this.engine = engine;
    this.turns = turns;
    this.settings = settings;
  }

  @EventListener(ApplicationReadyEvent.class)
  void start() {
    if (!loops.isEmpty()) return;
    loops.add(Loop.every("batch-sweep", settings.sweep(), engine::sweep));
    loops.add(Loop.every("batch-turns", settings.sweep(), turns::take));
  }

  @Override
  public void destroy() {
    loops.forEach(Loop::close);
  }
}
