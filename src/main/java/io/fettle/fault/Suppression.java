package io.fettle.fault;

import io.fettle.fault.Storms.Storm;
import io.fettle.monitoring.Maintenance;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    return Optional.ofNullable(of(List.of(fault)).get(fault.id()));
  }

  /** As {@link #of(Fault)}; those that nothing suppresses are missing. */
  Map<FaultId, String> of(Collection<Fault> faults) {
    if (faults.isEmpty()) return Map.of();
    Set<FaultId> stormy = storms.over(faults.stream().map(Fault::id).toList());
    boolean blind = coverage.open();
    Map<FaultId, String> reasons = new HashMap<>();
    for (Fault fault : faults) {
      if (window(fault).isPresent()) reasons.put(fault.id(), MAINTENANCE);
      else if (stormy.contains(fault.id())) reasons.put(fault.id(), STORM);
      else if (blind) reasons.put(fault.id(), COVERAGE);
    }
    return reasons;
  }

  Optional<Maintenance.Window> window(Fault fault) {
    return maintenance.covering(Maintenance.Kind.MAINTENANCE, fault.machine());
  }

  Optional<Storm> storm(Fault fault) {
    return storms.over(fault.id());
  }
}
