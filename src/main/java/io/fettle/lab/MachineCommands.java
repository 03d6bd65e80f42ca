package io.fettle.lab;

import io.fettle.lab.shell.Command;
import io.fettle.lab.shell.Command.Call;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The commands of a simulated machine's operating system beyond the shell's own. */
final class MachineCommands {
  private static final Map<String, java.util.function.Function<SimMachine, Command>> MAKERS =
      makers();

  private MachineCommands() {}

  private static Map<String, java.util.function.Function<SimMachine, Command>> makers() {
    Map<String, java.util.function.Function<SimMachine, Command>> all = new HashMap<>();
    all.put("ipmitool", m -> c -> new IpmitoolCommand(m, c).run());
    all.put("modprobe", m -> c -> 0);
    all.put("df", m -> c -> df(m, c));
    all.put("uptime", m -> c -> uptime(m, c));
    all.put("systemctl", m -> c -> systemctl(m, c));
    all.put("mount", m -> c -> mount(m, c));
    all.put("findmnt", m -> c -> findmnt(m, c));
    all.put("chronyc", m -> c -> chronyc(m, c));
    all.put(
        "timedatectl",
        m ->
            c ->
                say(
                    c,
                    "System clock synchronized: "
                        + (m.skew().abs().toMillis() < 1000 ? "yes" : "no")));
    all.put("journalctl", m -> c -> 0);
    all.put("apt-get", m -> c -> aptGet(m, c));
    AccountCommands.into(all);
    return Map.copyOf(all);
  }

  static Map<String, Command> table(SimMachine machine) {
    Map<String, Command> table = new TreeMap<>();
    MAKERS.forEach((name, make) -> table.put(name, make.apply(machine)));
    return table;
  }

  static int say(Call call, String line) {
    call.out().line(line);
    return 0;
  }

  private static int df(SimMachine machine, Call call) {
    boolean inodes = false;
    String output = null;
    List<String> wanted = new java.util.ArrayList<>();
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (arg.startsWith("--output=")) output = arg.substring(9);
      else if (arg.equals("-x") || arg.equals("-t")) i++;
      else if (arg.startsWith("--")) continue;
      else if (arg.startsWith("-")) inodes |= arg.contains("i");
      else wanted.add(arg);
    }
    if (output != null) call.out().line(heading(output));
    else
      call.out()
          .line(
              inodes
                  ? "Filesystem Inodes IUsed IFree IUse% Mounted on"
                  : "Filesystem 1024-blocks Used Available Capacity Mounted on");
    for (var entry : machine.mounts().entrySet()) {
      if (!wanted.isEmpty() && wanted.stream().noneMatch(w -> holds(machine, entry.getKey(), w)))
        continue;
      SimMachine.Mount m = entry.getValue();
      if (output != null) call.out().line(columns(output, entry.getKey(), m));
      else if (inodes)
        call.out()
            .line(
                "%s %d %d %d %d%% %s"
                    .formatted(
                        m.source(),
                        m.inodes(),
                        m.inodesUsed(),
                        m.inodes() - m.inodesUsed(),
                        m.inodePercent(),
                        entry.getKey()));
      else
        call.out()
            .line(
                "%s %d %d %d %d%% %s"
                    .formatted(
                        m.source(),
                        m.size(),
                        m.used(),
                        m.size() - m.used(),
                        m.percent(),
                        entry.getKey()));
    }
    return 0;
  }

  /** True when the path lies on this mount (its longest mounted prefix). */
  private static boolean holds(SimMachine machine, String mount, String path) {
    String best = "/";
    for (String each : machine.mounts().keySet()) {
      boolean under = path.equals(each) || path.startsWith(each.equals("/") ? "/" : each + "/");
      if (under && each.length() > best.length()) best = each;
    }
    return best.equals(mount);
  }

  private static String heading(String columns) {
    StringBuilder out = new StringBuilder();
    for (String column : columns.split(",")) {
      out.append(
          switch (column) {
            case "source" -> "Filesystem";
            case "fstype" -> "Type";
            case "size" -> "1K-blocks";
            case "used" -> "Used";
            case "avail" -> "Avail";
            case "pcent" -> "Use%";
            case "ipcent" -> "IUse%";
            case "target" -> "Mounted on";
            default -> column;
          });
      out.append(' ');
    }
    return out.toString().strip();
  }

  private static String columns(String columns, String target, SimMachine.Mount m) {
    StringBuilder out = new StringBuilder();
    for (String column : columns.split(",")) {
      out.append(
          switch (column) {
            case "source" -> m.source();
            case "fstype" -> m.type();
            case "size" -> m.size();
            case "used" -> m.used();
            case "avail" -> m.size() - m.used();
            case "pcent" -> m.percent() + "%";
            case "itotal" -> m.inodes();
            case "iused" -> m.inodesUsed();
            case "iavail" -> m.inodes() - m.inodesUsed();
            case "ipcent" -> m.inodePercent() + "%";
            case "target" -> target;
            default -> "-";
          });
      out.append(' ');
    }
    return out.toString().strip();
  }

  private static int uptime(SimMachine machine, Call call) {
    if (call.args().contains("-s")) {
      return say(
          call,
          java.time.format.DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss")
              .format(machine.bootedAt().atZone(java.time.ZoneOffset.UTC)));
    }
    Duration up = Duration.between(machine.bootedAt(), machine.clock());
    return say(call, " up " + up.toDays() + " days,  0 users,  load average: 0.21, 0.18, 0.15");
  }

  private static int systemctl(SimMachine machine, Call call) {
    List<String> words = call.args().stream().filter(a -> !a.startsWith("-")).toList();
    String verb = words.isEmpty() ? "list-units" : words.getFirst();
    List<String> units = words.isEmpty() ? List.of() : words.subList(1, words.size());
    return switch (verb) {
      case "list-units", "--failed" -> {
        boolean json = call.args().contains("--output=json");
        if (json) {
          StringBuilder out = new StringBuilder("[");
          for (String unit : machine.failedUnits()) {
            if (out.length() > 1) out.append(',');
            out.append(
                "{\"unit\":\"%s\",\"load\":\"loaded\",\"active\":\"failed\",\"sub\":\"failed\",\"description\":\"%s\"}"
                    .formatted(unit, unit));
          }
          yield say(call, out.append(']').toString());
        }
        machine.failedUnits().forEach(u -> call.out().line(u + " loaded failed failed " + u));
        yield 0;
      }
      case "is-active" -> {
        boolean failed = units.stream().anyMatch(machine.failedUnits()::contains);
        call.out().line(failed ? "failed" : "active");
        yield failed ? 3 : 0;
      }
      case "is-failed" -> units.stream().anyMatch(machine.failedUnits()::contains) ? 0 : 1;
      case "is-system-running" -> {
        boolean degraded = !machine.failedUnits().isEmpty();
        call.out().line(degraded ? "degraded" : "running");
        yield degraded ? 1 : 0;
      }
      case "restart", "start", "reset-failed", "try-restart" -> {
        machine.journal("systemctl " + String.join(" ", call.args()));
        units.forEach(machine.failedUnits()::remove);
        yield 0;
      }
      case "reload", "daemon-reload", "enable", "stop", "list-jobs" -> 0;
      case "show" -> say(call, "Result=success");
      default -> call.fail(1, "Unknown command verb " + verb + ".");
    };
  }

  private static int mount(SimMachine machine, Call call) {
    if (call.args().isEmpty()) {
      machine
          .mounts()
          .forEach((target, m) ->
              call.out()
                  .line(
                      m.source()
                          + " on "
                          + target
                          + " type "
                          + m.type()
                          + " ("
                          + (m.readOnly() ? "ro" : "rw")
                          + ",relatime)"));
      return 0;
    }
    String options = String.join(",", call.args());
    if (!options.contains("remount")) return call.fail(32, "only remounts are possible here");
    String target = call.args().getLast();
    SimMachine.Mount m = machine.mounts().get(target);
    if (m == null) return call.fail(32, target + ": not mounted");
    machine.journal("mount " + String.join(" ", call.args()));
    boolean readOnly = options.contains("ro");
    machine.mounts().put(target, m.withReadOnly(readOnly));
    if (target.equals("/")) machine.fs().readOnly(readOnly);
    return 0;
  }

  private static int findmnt(SimMachine machine, Call call) {
    for (String arg : call.args()) {
      SimMachine.Mount m = machine.mounts().get(arg);
      if (m != null) return say(call, (m.readOnly() ? "ro" : "rw") + ",relatime");
    }
    machine
        .mounts()
        .forEach((target, m) ->
            call.out()
                .line(
                    target
                        + " "
                        + m.source()
                        + " "
                        + m.type()
                        + " "
                        + (m.readOnly() ? "ro" : "rw")
                        + ",relatime"));
    return 0;
  }

  private static int chronyc(SimMachine machine, Call call) {
    if (call.args().contains("makestep") || call.args().contains("burst")) {
      machine.journal("chronyc " + String.join(" ", call.args()));
      machine.skew(Duration.ZERO);
      return say(call, "200 OK");
    }
    if (call.args().contains("tracking")) {
      return say(
          call,
          "C0A80001,10.0.0.1,3,%d.0,%.9f,0.000012,0.000020,1.0,0.0,0.1,0.0002,0.001,64.2,Normal"
              .formatted(machine.clock().getEpochSecond(), machine.skew().toMillis() / 1000.0));
    }
    return 0;
  }

  private static int aptGet(SimMachine machine, Call call) {
    if (!call.args().contains("clean")) return call.fail(100, "no network here");
    machine.journal("apt-get clean");
    SimMachine.Mount var = machine.mounts().get("/var");
    if (var != null && var.percent() > 85)
      machine.mounts().put("/var", var.withUsed(var.size() * 60 / 100));
    return 0;
  }
}
