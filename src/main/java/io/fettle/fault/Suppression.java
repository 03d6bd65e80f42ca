package io.fettle.fault;

import io.fettle.cmdb.Itself;
import io.fettle.cmdb.MachineCard;
import io.fettle.cmdb.Register;
import io.fettle.fault.Storms.Storm;
import io.fettle.kernel.AssetId;
import io.fettle.monitoring.Maintenance;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Why actions on a fault are suppressed now, as far as this room knows. Never filters the fold. */
@Component
class Suppression {
  static final String MAINTENANCE = "maintenance";
  static final String STORM = "storm";
  static final String FLAPPING = "flapping";
  static final String COVERAGE = "coverage";

  private static final Duration REPAIR = Duration.ofDays(30);

  private final Maintenance maintenance;
  private final StormTable storms;
  private final CoverageTable coverage;
  private final Register register;

  Suppression(
      Maintenance maintenance, StormTable storms, CoverageTable coverage, Register register) {
    this.maintenance = maintenance;
    this.register = register;
    this.storms = storms;
    this.coverage = coverage;
  }

  Optional<String> of(Fault fault) {
    return Optional.ofNullable(of(List.of(fault)).get(fault.id()));
  }

  /** As {@link #of(Fault)}; those that nothing suppresses are missing. */
  Map<FaultId, String> of(Collection<Fault> faults) {
    if (faults.isEmpty()) return Map.of();
    Set<AssetId> machines = faults.stream().map(Fault::machine).collect(Collectors.toSet());
    Set<AssetId> worked = new HashSet<>(maintenance.covering(machines).keySet());
    worked.addAll(underRepair(machines));
    Set<FaultId> stormy = storms.over(faults.stream().map(Fault::id).toList());
    boolean blind = coverage.open();
    Map<FaultId, String> reasons = new HashMap<>();
    for (Fault fault : faults) {
      if (worked.contains(fault.machine())) reasons.put(fault.id(), MAINTENANCE);
      else if (stormy.contains(fault.id())) reasons.put(fault.id(), STORM);
      else if (blind && !fault.machine().equals(Itself.ID)) reasons.put(fault.id(), COVERAGE);
    }
    return reasons;
  }

  /**
   * Until when at least people work on the machine: the end of its window; a month when the
   * register says that it is under repair, which has no end of its own. Empty when they do not.
   */
  Optional<Instant> workedOnUntil(Fault fault, Instant now) {
    if (!underRepair(Set.of(fault.machine())).isEmpty()) return Optional.of(now.plus(REPAIR));
    return maintenance.covering(fault.machine()).map(Maintenance.Window::until);
  }

  private Set<AssetId> underRepair(Set<AssetId> machines) {
    return register.cards(machines).values().stream()
        .filter(card -> card.lifecycle().equals("maintenance"))
        .map(MachineCard::id)
        .collect(Collectors.toSet());
  }

  Optional<Storm> storm(Fault fault) {
    return storms.over(fault.id());
  }
}
