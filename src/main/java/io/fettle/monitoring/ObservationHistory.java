package io.fettle.monitoring;

import io.fettle.kernel.AssetId;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the history, and from memory what it leaves out: when something was last seen the same. */
@Component
class ObservationHistory implements Observations {
  private final ObservationTable table;
  private final Thinning thinning;
  private final MonitoringSettings settings;
  private final Clock clock;

  ObservationHistory(
      ObservationTable table, Thinning thinning, MonitoringSettings settings, Clock clock) {
    this.table = table;
    this.thinning = thinning;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public List<Seen> of(AssetId machine, @Nullable String check, Instant since, int limit) {
    return table.of(machine, check, since, limit);
  }

  @Override
  public List<Seen> lately(AssetId machine, Collection<String> checks) {
    return table.lately(machine, checks, clock.instant().minus(settings.reach()));
  }

  @Override
  public Map<String, Instant> seen(AssetId machine) {
    return thinning.seen(machine);
  }

  @Override
  public List<Tally> last(String check) {
    return table.last(check, clock.instant().minus(settings.reach()));
  }
}
