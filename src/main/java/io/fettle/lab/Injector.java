package io.fettle.lab;

import io.fettle.lab.bmc.CardState;
import io.fettle.lab.bmc.CardState.NicMode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Breaks machines, one thing at a time, and remembers only in the journal that it did. */
final class Injector {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
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
   * Breaks some healthy machine; false when enough are broken already (one in twenty, at least 3).
   */
  synchronized boolean one() {
    handsOn();
    long broken = machines.stream().filter(this::broken).count();
    if (broken >= Math.max(3, machines.size() / 20)) return false;
    for (int attempt = 0; attempt < 50; attempt++) {
      SimMachine machine = machines.get(random.nextInt(machines.size()));
      if (broken(machine) || machine.isDark() || brokenLately(machine)) continue;
      SimFault fault = faults.get(next++ % faults.size());
      if (!fault.fits(machine)) continue;
      inject(machine, fault);
      return true;
    }
    return false;
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
      machine.change(
          () -> faults.stream().filter(f -> f.broken(machine)).forEach(f -> f.mend(machine)));
    }
  }

  synchronized void inject(SimMachine machine, SimFault fault) {
    since.put(machine, clock.instant());
    last.put(machine, clock.instant());
    machine.injected(fault.name());
    machine.change(() -> fault.breakIt(machine, random));
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

  /** The wrong NIC mode: the first class of all. */
  static void wrongNicMode(SimMachine machine, Random random) {
    CardState card = machine.card();
    boolean failover = card.make() == CardState.Make.SUPERMICRO && random.nextBoolean();
    card.nicMode(failover ? NicMode.FAILOVER : NicMode.SHARED);
  }
}
