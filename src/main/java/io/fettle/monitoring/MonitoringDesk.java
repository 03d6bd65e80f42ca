package io.fettle.monitoring;

import io.fettle.cmdb.MachineDoc;
import io.fettle.cmdb.Register;
import io.fettle.kernel.AssetId;
import io.fettle.monitoring.Outflow.Delivery;
import io.fettle.monitoring.check.Reading;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The monitoring room's front door. */
@Component
class MonitoringDesk implements Monitoring {
  private final Checks checks;
  private final Schedule schedule;
  private final Visits visits;
  private final Outflow outflow;
  private final Collector collector;
  private final Register register;
  private final Precedence precedence;
  private final Clock clock;

  MonitoringDesk(
      Checks checks,
      Schedule schedule,
      Visits visits,
      Outflow outflow,
      Collector collector,
      Register register,
      Precedence precedence,
      Clock clock) {
    this.checks = checks;
    this.schedule = schedule;
    this.visits = visits;
    this.outflow = outflow;
    this.collector = collector;
    this.register = register;
    this.precedence = precedence;
    this.clock = clock;
  }

  @Override
  public List<Reading> probe(AssetId machine, String check) {
    Optional<Known> known = checks.find(check);
    Optional<MachineDoc> doc = register.machine(machine);
    if (known.isEmpty() || doc.isEmpty() || !known.get().query().matches(doc.get().doc()))
      return List.of();
    Delivery delivery = visits.probe(doc.get(), known.get(), visits.freshSlot());
    outflow.now(delivery);
    return delivery.observations().stream().map(Observation::reading).toList();
  }

  @Override
  public void lookAgainSoon(AssetId machine, String check) {
    checks
        .find(check)
        .ifPresent(known ->
            schedule.soon(
                machine, known, clock.millis() + known.info().retryInterval().toMillis()));
  }

  @Override
  public void giveWay() {
    precedence.ask();
  }

  @Override
  public List<CheckInfo> checks() {
    return checks.all().values().stream()
        .map(Known::info)
        .sorted(Comparator.comparing(CheckInfo::name))
        .toList();
  }

  @Override
  public Optional<CheckInfo> check(String name) {
    return checks.find(name).map(Known::info);
  }

  @Override
  public List<CheckInfo> bound(AssetId machine) {
    Optional<MachineDoc> doc = register.machine(machine);
    if (doc.isEmpty()) return List.of();
    return checks.all().values().stream()
        .filter(known -> known.query().matches(doc.get().doc()))
        .map(Known::info)
        .sorted(Comparator.comparing(CheckInfo::name))
        .toList();
  }

  @Override
  public Coverage coverage(int intervals) {
    long bound = schedule.bindings();
    return new Coverage(collector.name(), bound, bound - schedule.late(clock.millis(), intervals));
  }
}
