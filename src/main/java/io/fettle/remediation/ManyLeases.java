package io.fettle.remediation;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.DatabaseState;
import io.fettle.kernel.Label;
import io.fettle.remediation.action.BulkLeases;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Leases of many machines at a time for what is done outside a run. */
@Component
class ManyLeases implements BulkLeases {
  private static final Label FROZEN =
      new Label("全局冻结中，不对机器做任何动作", "Frozen: nothing is done to any machine");

  private final PolicyTable policies;
  private final RunTable runs;
  private final LeaseTable leases;
  private final JobPermits permits;
  private final DatabaseState database;
  private final Clock clock;
  private final String holder = "many-" + UUID.randomUUID();

  ManyLeases(
      PolicyTable policies,
      RunTable runs,
      LeaseTable leases,
      JobPermits permits,
      DatabaseState database,
      Clock clock) {
    this.policies = policies;
    this.runs = runs;
    this.leases = leases;
    this.permits = permits;
    this.database = database;
    this.clock = clock;
  }

  @Override
  public Optional<Label> barred() {
    if (!database.up()) return Optional.of(database.why());
    return policies.freeze().on() ? Optional.of(FROZEN) : Optional.empty();
  }

  @Override
  public Taken take(List<AssetId> machines, Budget budget, Instant until) {
    if (machines.isEmpty() || !database.up() || policies.frozenLocked())
      return new Taken(Map.of(), Set.of(), Optional.empty());
    Set<AssetId> busy = new HashSet<>(runs.acting(machines));
    List<AssetId> free = machines.stream().filter(m -> !busy.contains(m)).toList();
    JobPermits.Leave leave = permits.of(free, budget);
    Map<AssetId, Long> fences = leases.take(leave.scopes(), holder, clock.instant(), until);
    permits.begun(fences, budget);
    leave.scopes().keySet().stream().filter(m -> !fences.containsKey(m)).forEach(busy::add);
    return new Taken(fences, busy, leave.waits());
  }

  @Override
  public void end(Map<AssetId, Long> fences) {
    leases.end(fences, clock.instant());
  }

  @Override
  public Set<AssetId> taken(Collection<AssetId> machines) {
    Set<AssetId> taken = new HashSet<>(runs.acting(machines));
    taken.addAll(leases.held(machines, clock.instant()));
    return taken;
  }
}
