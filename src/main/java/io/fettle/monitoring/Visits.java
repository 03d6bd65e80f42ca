package io.fettle.monitoring;

import io.fettle.cmdb.MachineDoc;
import io.fettle.cmdb.Register;
import io.fettle.kernel.AssetId;
import io.fettle.monitoring.Outflow.Delivery;
import io.fettle.monitoring.Schedule.Due;
import io.fettle.monitoring.Schedule.DueCheck;
import io.fettle.monitoring.Visitor.Judged;
import io.fettle.monitoring.check.Reading;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/** Makes a visit into observations with their slots. */
@Component
class Visits {
  private final Register register;
  private final Visitor visitor;
  private final Collector collector;
  private final Clock clock;
  private final AtomicLong lastProbe = new AtomicLong();

  Visits(Register register, Visitor visitor, Collector collector, Clock clock) {
    this.register = register;
    this.visitor = visitor;
    this.collector = collector;
    this.clock = clock;
  }

  /** Visits; a machine that is gone brings nothing. */
  Delivery make(Due due) {
    int epoch = collector.epoch();
    Optional<MachineDoc> machine = register.machine(due.machine());
    if (machine.isEmpty()) return new Delivery(due.machine(), List.of(), List.of());
    return delivery(machine.get(), visitor.visit(machine.get(), due.checks()), epoch);
  }

  /** A slot that no visit before had, in order. */
  long freshSlot() {
    return lastProbe.updateAndGet(last -> Math.max(last + 1, clock.millis()));
  }

  /** Runs one check at this slot. */
  Delivery probe(MachineDoc machine, Known check, long slot) {
    int epoch = collector.epoch();
    return delivery(machine, visitor.visit(machine, List.of(new DueCheck(check, slot))), epoch);
  }

  private Delivery delivery(MachineDoc machine, List<Judged> judged, int epoch) {
    Instant now = clock.instant();
    List<Observation> observations = new ArrayList<>();
    List<String> silent = new ArrayList<>();
    for (Judged one : judged) {
      if (one.readings().isEmpty()) silent.add(one.check().name());
      for (Reading reading : one.readings())
        observations.add(observation(machine.id(), one, reading, epoch, now));
    }
    return new Delivery(machine.id(), observations, silent);
  }

  private Observation observation(
      AssetId machine, Judged judged, Reading reading, int epoch, Instant now) {
    return new Observation(
        machine,
        judged.check().name(),
        judged.check().faultClass(),
        reading,
        judged.slot(),
        epoch,
        collector.name(),
        now);
  }
}
