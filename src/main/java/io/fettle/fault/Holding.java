package io.fettle.fault;

import io.fettle.monitoring.Maintenance;
import org.springframework.stereotype.Component;

/**
 * Holds CONFIRMED faults whose reason to be held came after their confirmation, so that the hold is
 * seen. Works only while anything at all suppresses.
 */
@Component
class Holding {
  private static final int MOST = 500;

  private final FaultTable faults;
  private final StormTable storms;
  private final Suppression suppression;
  private final Maintenance maintenance;
  private final CoverageTable coverage;
  private final Edges edges;

  Holding(
      FaultTable faults,
      StormTable storms,
      Suppression suppression,
      Maintenance maintenance,
      CoverageTable coverage,
      Edges edges) {
    this.faults = faults;
    this.storms = storms;
    this.suppression = suppression;
    this.maintenance = maintenance;
    this.coverage = coverage;
    this.edges = edges;
  }

  void pass() {
    storms.confirmedUnder(MOST).forEach(fault -> edges.hold(fault, Suppression.STORM));
    if (maintenance.open().isEmpty() && !coverage.open()) return;
    for (Fault fault : faults.inState(FaultState.CONFIRMED, MOST))
      suppression.of(fault).ifPresent(reason -> edges.hold(fault, reason));
  }
}
