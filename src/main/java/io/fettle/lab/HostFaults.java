package io.fettle.lab;

import io.fettle.lab.Disks.Usage;
import io.fettle.lab.shell.Fs;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** What goes wrong with the machines themselves. */
final class HostFaults {
  private static final long GIB = 1L << 30;
  private static final int NEARLY_FULL = 90;

  private HostFaults() {}

  static List<SimFault> all() {
    return List.of(
        new DiskFull(),
        new ClockWrong(),
        new UnitFailed(),
        new RootReadOnly(),
        new Rebooted(),
        new SshClosed());
  }

  /** /var fills up by what can be thrown away, or by what cannot. */
  private static final class DiskFull implements SimFault {
    private static final String OLD = "/var/tmp/build-old";
    private static final String DUMPS = "/var/lib/mysql-dumps";

    @Override
    public String name() {
      return "host.disk";
    }

    @Override
    public List<Variant> variants() {
      return List.of(
          Variant.of(
              "packages",
              (m, random) ->
                  fill(m, ServiceCommands.ARCHIVES + "/linux-image-6.1.0-%d_amd64.deb", 40)),
          Variant.of(
              "journal",
              (m, random) -> fill(m, ServiceCommands.JOURNAL + "/system@%04d.journal", 30)),
          Variant.of("temporary", (m, random) -> fill(m, OLD + "/object-%d.o", 30)),
          Variant.of("inodes", (m, random) -> crowd(m)),
          Variant.forPerson("dumps", (m, random) -> fill(m, DUMPS + "/dump-%d.sql", 5)));
    }

    /** Puts so many files there, together as large as fills /var to 96 %. */
    private static void fill(SimMachine machine, String pattern, int files) {
      Usage usage = machine.disks().usage("/var");
      long wanted = usage.mount().size() * 96 / 100 - usage.used();
      for (int i = 0; i < files; i++)
        machine
            .fs()
            .bulk(
                pattern.formatted(i),
                wanted * 1024 / files,
                1,
                machine.clock().minus(Duration.ofDays(40L + files - i)));
    }

    private static void crowd(SimMachine machine) {
      Usage usage = machine.disks().usage("/var");
      long wanted = usage.mount().inodes() * 97 / 100 - usage.inodesUsed();
      for (int i = 0; i < 50; i++)
        machine
            .fs()
            .bulk(
                "/var/tmp/sess_%02d".formatted(i),
                GIB / 50,
                wanted / 50,
                machine.clock().minus(Duration.ofDays(40)));
    }

    @Override
    public boolean broken(SimMachine machine) {
      return machine.disks().mounts().keySet().stream()
          .map(machine.disks()::usage)
          .anyMatch(u -> u.percent() >= NEARLY_FULL || u.inodePercent() >= NEARLY_FULL);
    }

    @Override
    public void mend(SimMachine machine) {
      Fs fs = machine.fs();
      fs.remove(OLD);
      fs.remove(DUMPS);
      for (String folder : List.of(ServiceCommands.ARCHIVES, ServiceCommands.JOURNAL, "/var/tmp"))
        for (Fs.Aged file : fs.aged(folder, "")) fs.remove(file.path());
    }
  }

  private static final class ClockWrong implements SimFault {
    @Override
    public String name() {
      return "host.clock";
    }

    @Override
    public List<Variant> variants() {
      return List.of(
          Variant.of("fast", (m, random) -> m.skew(Duration.ofSeconds(30 + random.nextInt(600)))),
          Variant.of("slow", (m, random) -> m.skew(Duration.ofSeconds(-30 - random.nextInt(600)))));
    }

    @Override
    public boolean broken(SimMachine machine) {
      return machine.skew().abs().toMillis() > 500;
    }

    @Override
    public void mend(SimMachine machine) {
      machine.skew(Duration.ZERO);
    }
  }

  private static final class UnitFailed implements SimFault {
    private static final List<String> UNITS =
        List.of("nginx.service", "prometheus-node-exporter.service", "cron.service");

    @Override
    public String name() {
      return "host.units";
    }

    @Override
    public List<Variant> variants() {
      return List.of(
          Variant.of("once", (m, random) -> m.units().fail(any(random), false)),
          Variant.forPerson("again", (m, random) -> m.units().fail(any(random), true)));
    }

    private static String any(Random random) {
      return UNITS.get(random.nextInt(UNITS.size()));
    }

    @Override
    public boolean broken(SimMachine machine) {
      return !machine.units().failed().isEmpty();
    }

    @Override
    public void mend(SimMachine machine) {
      machine.units().mend();
    }
  }

  private static final class RootReadOnly implements SimFault {
    @Override
    public String name() {
      return "host.readonly";
    }

    @Override
    public List<Variant> variants() {
      return List.of(
          Variant.of("remounted", (m, random) -> m.disks().readOnly("/", true, false)),
          Variant.forPerson("worn", (m, random) -> m.disks().readOnly("/", true, true)));
    }

    @Override
    public boolean broken(SimMachine machine) {
      return machine.disks().mounts().values().stream().anyMatch(Disks.Mount::readOnly);
    }

    @Override
    public void mend(SimMachine machine) {
      machine.disks().mounts().keySet().forEach(t -> machine.disks().readOnly(t, false, false));
    }
  }

  /** The machine has started anew: news, nothing to mend. */
  private static final class Rebooted implements SimFault {
    @Override
    public String name() {
      return "host.reboot";
    }

    @Override
    public List<Variant> variants() {
      return List.of(Variant.forPerson("reboot", (m, random) -> m.reboot()));
    }

    @Override
    public boolean broken(SimMachine machine) {
      return false;
    }

    @Override
    public void mend(SimMachine machine) {
      // it runs
    }
  }

  private static final class SshClosed implements SimFault {
    @Override
    public String name() {
      return "host.reachable";
    }

    @Override
    public List<Variant> variants() {
      return List.of(Variant.forPerson("ssh_closed", (m, random) -> m.sshClosed(true)));
    }

    @Override
    public boolean broken(SimMachine machine) {
      return machine.isSshClosed();
    }

    @Override
    public void mend(SimMachine machine) {
      machine.sshClosed(false);
    }
  }
}
