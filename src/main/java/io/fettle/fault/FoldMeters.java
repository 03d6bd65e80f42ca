package io.fettle.fault;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Counts of the fold for {@code /metrics}. */
@Component
class FoldMeters {
  private final Counter observations;
  private final Counter late;
  private final Counter conflicts;

  FoldMeters(MeterRegistry registry, Findings findings, Standing standing) {
    observations = registry.counter("fettle.fold.observations");
    late = registry.counter("fettle.fold.late");
    conflicts = registry.counter("fettle.fold.conflicts");
    registry.gauge("fettle.fold.bindings.unhealthy", findings, Findings::size);
    registry.gauge("fettle.faults.open", standing, Standing::size);
  }

  void folded(int count) {
    observations.increment(count);
  }

  void late() {
    late.increment();
  }

  void conflict() {
    conflicts.increment();
  }
}
