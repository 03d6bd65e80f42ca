package io.fettle.monitoring;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Drops the days of observations that are older than {@code fettle.monitoring.retention}. */
@Component
class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
  private final ObservationTable table;
  private final MonitoringSettings settings;
  private final Clock clock;

  Retention(ObservationTable table, MonitoringSettings settings, Clock clock) {
    this.table = table;
    this.settings = settings;
    this.clock = clock;
  }

  /** The number of days dropped. */
  int drop() {
    LocalDate oldest =
        clock.instant().minus(settings.retention()).atOffset(ZoneOffset.UTC).toLocalDate();
    int dropped = table.dropBefore(oldest);
    if (dropped > 0) LOG.info("observations of days={} dropped, older than {}", dropped, oldest);
    return dropped;
  }
}
