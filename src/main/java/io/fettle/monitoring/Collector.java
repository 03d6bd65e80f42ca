package io.fettle.monitoring;

import java.time.Clock;
import java.util.OptionalInt;
import org.springframework.stereotype.Component;

/** Who collects here, and since which start: the epoch stamped on every observation. */
@Component
class Collector {
  private final CollectorTable table;
  private final MonitoringSettings settings;
  private final Clock clock;
  private int epoch;
  private volatile boolean overruled;

  Collector(CollectorTable table, MonitoringSettings settings, Clock clock) {
    this.table = table;
    this.settings = settings;
    this.clock = clock;
  }

  String name() {
    return settings.collector();
  }

  /** The epoch of this start; taken at first use, so that it is higher than any before. */
  synchronized int epoch() {
    if (epoch == 0) epoch = table.begin(name(), clock.instant());
    return epoch;
  }

  /** Says that this start is alive; notices when a later one has taken over. */
  void beat() {
    int mine = epoch();
    OptionalInt now = table.beat(name(), mine, clock.instant());
    overruled = now.isPresent() && now.getAsInt() > mine;
  }

  /** True when a later start collects under this name: this one must not visit any more. */
  boolean isOverruled() {
    return overruled;
  }
}
