package io.fettle.lab;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Breaks machines, one thing at a time, and remembers only in the journal that it did. */
final class Injector {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** One in so many faults takes a person. */
  private static final int FOR_A_PERSON = 8;

  private final List<SimMachine> machines;
  private final Random random;
  private final List<SimFault> faults = SimFault.ALL;
  private final Map<SimMachine, Instant> since = new HashMap<>();
  private final Map<SimMachine, Instant> last = new HashMap<>();
  private final Clock clock;
  private int next;

  Injector(List<SimMachine> machines, long seed, Clock clock) {
    this.clock = clock;
    this.machines = machines;
    this.random = new Random(seed ^ 0x5eed);
  }

  /**
   * Breaks some healthy machine; false when enough are broken already (one in fifteen, at least 4).
   */
  synchronized boolean one() {
    handsOn();
    long broken = machines.stream().filter(this::broken).count();
    if (broken >= Math.max(4, machines.size() / 15)) return false;
    for (int attempt = 0; attempt < 50; attempt++) {
      SimMachine machine = machines.get(random.nextInt(machines.size()));
      if (broken(machine) || machine.isDark() || brokenLately(machine)) continue;
      SimFault fault = faults.get(next++ % faults.size());
      Optional<SimFault.Variant> variant = pick(fault, machine);
      if (variant.isEmpty()) continue;
      inject(machine, fault, variant.get());
      return true;
    }
    return false;
  }

  /** Now and then one that takes a person, or there would be no tickets to see. */
  private Optional<SimFault.Variant> pick(SimFault fault, SimMachine machine) {
    List<SimFault.Variant> fitting =
        fault.variants().stream().filter(v -> v.fits().test(machine)).toList();
    boolean person = random.nextInt(FOR_A_PERSON) == 0;
    List<SimFault.Variant> wanted = fitting.stream().filter(v -> v.person() == person).toList();
    return wanted.isEmpty()
        ? Optional.empty()
        : Optional.of(wanted.get(random.nextInt(wanted.size())));
  }

  /**
   * What stays broken for two minutes is put right by somebody on site, so that the lab never runs
   * out of machines.
   */
  private void handsOn() {
    since.keySet().removeIf(machine -> !broken(machine));
    Instant patience = clock.instant().minus(PATIENCE);
    for (Map.Entry<SimMachine, Instant> entry : since.entrySet()) {
      if (entry.getValue().isAfter(patience)) continue;
      SimMachine machine = entry.getKey();
      machine.injected("mended by hand");
      mend(machine);
    }
  }

  /** Puts everything right that is wrong with it. */
  private void mend(SimMachine machine) {
    machine.change(
        () -> faults.stream().filter(f -> f.broken(machine)).forEach(f -> f.mend(machine)));
  }

  /** Breaks it in this way, whether it is healthy or not. */
  synchronized void inject(SimMachine machine, SimFault fault, SimFault.Variant variant) {
    since.put(machine, clock.instant());
    last.put(machine, clock.instant());
    machine.injected(fault.name() + " " + variant.name());
    machine.change(() -> variant.breakIt().accept(machine, random));
  }

  /** Breaks it in one of the ways that Fettle can mend, if there is one. */
  synchronized void inject(SimMachine machine, SimFault fault) {
    List<SimFault.Variant> all = fault.variants();
    List<SimFault.Variant> fitting =
        all.stream().filter(v -> !v.person() && v.fits().test(machine)).toList();
    List<SimFault.Variant> from = fitting.isEmpty() ? all : fitting;
    inject(machine, fault, from.get(random.nextInt(from.size())));
  }

  /**
   * A machine that breaks again while its repair is being proven would look like a repair that
   * failed.
   */
  private boolean brokenLately(SimMachine machine) {
    Instant before = last.get(machine);
    return before != null && before.plus(PATIENCE).isAfter(clock.instant());
  }

  private boolean broken(SimMachine machine) {
    return faults.stream().anyMatch(f -> f.broken(machine));
  }

  /**
   * Takes whole racks off power until this share of the fleet is dark: what a failed PDU looks
   * like.
   */
  List<SimMachine> darken(double share) {
    List<SimMachine> dark = new ArrayList<>();
    int wanted = (int) Math.round(machines.size() * share);
    for (SimMachine machine : machines) {
      if (dark.size() >= wanted) break;
      machine.injected("dark");
      machine.dark(true);
      dark.add(machine);
    }
    return dark;
  }

  void light() {
    for (SimMachine machine : machines) machine.dark(false);
  }
}
