package io.fettle.fault;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.monitoring.Monitoring;
import io.fettle.monitoring.check.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Every check has the same rule; every machine is bound unless said otherwise. */
final class FakeMonitoring implements Monitoring {
  Duration interval = Duration.ofMinutes(5);
  int bad = 3;
  int of = 4;
  long bound = 1_000;
  long fresh = 1_000;
  final Set<AssetId> unbound = new HashSet<>();
  final List<AssetId> lookedAgain = new ArrayList<>();

  @Override
  public List<Reading> probe(AssetId machine, String check) {
    return List.of();
  }

  @Override
  public void lookAgainSoon(AssetId machine, String check) {
    lookedAgain.add(machine);
  }

  @Override
  public List<CheckInfo> checks() {
    return List.of(info("bmc.nic_mode"));
  }

  @Override
  public Optional<CheckInfo> check(String name) {
    return Optional.of(info(name));
  }

  @Override
  public List<CheckInfo> bound(AssetId machine) {
    return unbound.contains(machine) ? List.of() : checks();
  }

  @Override
  public Coverage coverage(int intervals) {
    return new Coverage("core", bound, fresh);
  }

  private CheckInfo info(String name) {
    return new CheckInfo(
        name, Label.same(name), name, "type == 'server'", interval, interval.dividedBy(5), bad, of);
  }
}
