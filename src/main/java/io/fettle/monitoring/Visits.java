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

  /** Hears what a visit brought. */
  interface Hears {
    void hears(Delivery delivery) throws InterruptedException;
  }

  /**
   * Visits; a machine that is gone brings nothing.
   *
   * @param hears called once, or twice when something had to be waited for
   */
  void make(Due due, Hears hears) throws InterruptedException {
    int epoch = collector.epoch();
    Optional<MachineDoc> machine = register.machine(due.machine());
    if (machine.isEmpty()) {
      hears.hears(Delivery.nothing(due.machine()));
      return;
    }
    boolean[] interrupted = {false};
    visitor.visit(
        machine.get(),
        due.checks(),
        false,
        judged -> {
          try {
            hears.hears(delivery(machine.get(), judged, epoch));
          } catch (InterruptedException e) {
            interrupted[0] = true;
          }
        });
    if (interrupted[0]) throw new InterruptedException();
  }

  /** A slot that no visit before had, in order. */
  long freshSlot() {
    return lastProbe.updateAndGet(last -> Math.max(last + 1, clock.millis()));
  }

  /** Runs one check at this slot. */
  Delivery probe(MachineDoc machine, Known check, long slot) {
    int epoch = collector.epoch();
    List<Judged> all = new ArrayList<>();
    visitor.visit(machine, List.of(new DueCheck(check, slot)), true, all::addAll);
    return delivery(machine, all, epoch);
  }

  private Delivery delivery(MachineDoc machine, List<Judged> judged, int epoch) {
    Instant now = clock.instant();
    List<Observation> observations = new ArrayList<>();
    List<String> silent = new ArrayList<>();
    List<ClaimMemory.News> claims = new ArrayList<>();
    for (Judged one : judged) {
      claims.addAll(one.claims());
      if (one.readings().isEmpty()) silent.add(one.check().name());
      for (Reading reading : one.readings())
        observations.add(observation(machine.id(), one, reading, epoch, now));
    }
    return new Delivery(machine.id(), observations, silent, claims);
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
