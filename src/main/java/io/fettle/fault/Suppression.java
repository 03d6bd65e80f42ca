package io.fettle.fault;

import io.fettle.fault.Storms.Storm;
import io.fettle.monitoring.Maintenance;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Why actions on a fault are suppressed now, as far as this room knows. Never filters the fold. */
@Component
class Suppression {
  static final String MAINTENANCE = "maintenance";
  static final String STORM = "storm";
  static final String FLAPPING = "flapping";
  static final String COVERAGE = "coverage";

  private final Maintenance maintenance;
  private final StormTable storms;
  private final CoverageTable coverage;

  Suppression(Maintenance maintenance, StormTable storms, CoverageTable coverage) {
    this.maintenance = maintenance;
    this.storms = storms;
    this.coverage = coverage;
  }

  Optional<String> of(Fault fault) {
    if (window(fault).isPresent()) return Optional.of(MAINTENANCE);
    if (storm(fault).isPresent()) return Optional.of(STORM);
    return coverage.open() ? Optional.of(COVERAGE) : Optional.empty();
  }

  Optional<Maintenance.Window> window(Fault fault) {
    return maintenance.covering(Maintenance.Kind.MAINTENANCE, fault.machine());
  }

  Optional<Storm> storm(Fault fault) {
    return storms.over(fault.id());
  }
}
