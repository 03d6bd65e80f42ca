package io.fettle.lab;

import io.fettle.lab.shell.Command;
import io.fettle.lab.shell.Command.Call;
import io.fettle.lab.shell.Fs;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** systemctl, journalctl, chronyc, timedatectl, uptime, apt-get. */
final class ServiceCommands {
  static final String JOURNAL = "/var/log/journal/5f3c9a1e7b2d4c6f8a0b1c2d3e4f5061";
  static final String ARCHIVES = "/var/cache/apt/archives";

  private static final int NOT_ACTIVE = 3;

  private ServiceCommands() {}

  static void into(Map<String, Function<SimMachine, Command>> all) {
    all.put("systemctl", m -> c -> systemctl(m, c));
    all.put("journalctl", m -> c -> journalctl(m, c));
    all.put("chronyc", m -> c -> chronyc(m, c));
    all.put("timedatectl", m -> c -> timedatectl(m, c));
    all.put("uptime", m -> c -> uptime(m, c));
    all.put("who", m -> c -> who(m, c));
    all.put("apt-get", m -> c -> aptGet(m, c));
  }

  private static int systemctl(SimMachine machine, Call call) {
    List<String> words = new ArrayList<>();
    List<String> properties = new ArrayList<>();
    String options = String.join(" ", call.args());
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (arg.equals("-p")) properties.addAll(List.of(call.arg(++i, "").split(",")));
      else if (arg.startsWith("--property="))
        properties.addAll(List.of(arg.substring(11).split(",")));
      else if (arg.equals("-o") || arg.equals("-t") || arg.equals("-n")) i++;
      else if (!arg.startsWith("-"))
        words.add(words.isEmpty() || arg.indexOf('.') >= 0 ? arg : arg + ".service");
    }
    String verb = words.isEmpty() ? "list-units" : words.getFirst();
    List<String> units = words.isEmpty() ? List.of() : words.subList(1, words.size());
    return switch (verb) {
      case "list-units" -> listUnits(machine, call, options);
      case "list-jobs" ->
          options.contains("no-legend") ? 0 : MachineCommands.say(call, "No jobs running.");
      case "is-active" -> states(machine, call, units, "active", NOT_ACTIVE);
      case "is-failed" -> 1 - Math.min(1, states(machine, call, units, "active", 1));
      case "cat" -> {
        boolean known = units.stream().allMatch(Units::known);
        if (known) units.forEach(u -> call.out().line("# /lib/systemd/system/" + u));
        yield known ? 0 : call.fail(1, "No files found for " + String.join(" ", units) + ".");
      }
      case "is-enabled" -> MachineCommands.say(call, "enabled");
      case "is-system-running" -> {
        boolean degraded = !machine.failedUnits().isEmpty();
        call.out().line(degraded ? "degraded" : "running");
        yield degraded ? 1 : 0;
      }
      case "restart", "start", "try-restart", "reload-or-restart" -> start(machine, call, units);
      case "reset-failed" -> {
        machine.journal("systemctl " + String.join(" ", call.args()));
        (units.isEmpty() ? List.copyOf(machine.failedUnits()) : units)
            .forEach(machine.units()::forget);
        yield 0;
      }
      case "reload", "daemon-reload", "enable", "stop" -> 0;
      case "show" -> show(machine, call, units, properties);
      case "status" -> {
        int worst = 0;
        for (String unit : units) {
          boolean failed = machine.failedUnits().contains(unit);
          call.out().line((failed ? "× " : "● ") + unit);
          call.out()
              .line("     Active: " + (failed ? "failed (Result: exit-code)" : "active (running)"));
          if (failed) worst = 3;
        }
        yield worst;
      }
      default -> call.fail(1, "Unknown command verb " + verb + ".");
    };
  }

  private static int states(
      SimMachine machine, Call call, List<String> units, String well, int status) {
    int result = 0;
    for (String unit : units) {
      boolean failed = machine.failedUnits().contains(unit);
      String state = failed ? "failed" : Units.known(unit) ? well : "inactive";
      if (!call.args().contains("-q") && !call.args().contains("--quiet")) call.out().line(state);
      if (failed || (status == NOT_ACTIVE && !Units.known(unit))) result = status;
    }
    return result;
  }

  private static int listUnits(SimMachine machine, Call call, String options) {
    if (options.contains("--output=json") || options.contains("-o json")) {
      List<String> rows =
          machine.failedUnits().stream()
              .map(u ->
                  "{\"unit\":\"%s\",\"load\":\"loaded\",\"active\":\"failed\",\"sub\":\"failed\",\"description\":\"%s\"}"
                      .formatted(u, description(u)))
              .toList();
      return MachineCommands.say(call, "[" + String.join(",", rows) + "]");
    }
    boolean legend = !options.contains("--no-legend");
    String mark = options.contains("--plain") ? "" : "● ";
    if (legend) call.out().line("  UNIT LOAD ACTIVE SUB DESCRIPTION");
    machine
        .failedUnits()
        .forEach(u -> call.out().line(mark + u + " loaded failed failed " + description(u)));
    if (legend) call.out().line("\n" + machine.failedUnits().size() + " loaded units listed.");
    return 0;
  }

  private static String description(String unit) {
    return unit.replaceAll("\\.[a-z]+$", "").replace('-', ' ');
  }

  private static int start(SimMachine machine, Call call, List<String> units) {
    machine.journal("systemctl " + String.join(" ", call.args()));
    int status = 0;
    for (String unit : units) {
      if (machine.units().start(unit)) continue;
      call.err()
          .line(
              "Job for %s failed because the control process exited with error code."
                  .formatted(unit));
      status = 1;
    }
    return status;
  }

  private static int show(
      SimMachine machine, Call call, List<String> units, List<String> properties) {
    List<String> wanted =
        properties.isEmpty()
            ? List.of("Id", "LoadState", "ActiveState", "SubState", "Result")
            : properties;
    boolean bare = call.args().contains("--value");
    boolean first = true;
    for (String unit : units.isEmpty() ? List.of("") : units) {
      if (!first) call.out().line("");
      first = false;
      boolean failed = machine.failedUnits().contains(unit);
      for (String property : wanted) {
        String value =
            switch (property) {
              case "Id", "Names" -> unit;
              case "Description" -> description(unit);
              case "LoadState" -> "loaded";
              case "ActiveState" -> failed ? "failed" : "active";
              case "SubState" -> failed ? "failed" : "running";
              case "Result" -> failed ? "exit-code" : "success";
              case "ExecMainStatus" -> failed ? "1" : "0";
              case "NRestarts" -> failed ? "5" : "0";
              case "Type" -> "simple";
              case "CanStart" -> "yes";
              case "UnitFileState" -> "enabled";
              case "Restart" -> "on-failure";
              case "FragmentPath" -> "/lib/systemd/system/" + unit;
              default -> "";
            };
        call.out().line(bare ? value : property + "=" + value);
      }
    }
    return 0;
  }

  private static int journalctl(SimMachine machine, Call call) {
    String size = "";
    String time = "";
    boolean usage = false;
    boolean unit = false;
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (arg.startsWith("--vacuum-size=")) size = arg.substring(14);
      else if (arg.startsWith("--vacuum-time=")) time = arg.substring(14);
      else if (arg.equals("--disk-usage")) usage = true;
      else if (arg.equals("-u") || arg.startsWith("--unit")) unit = true;
    }
    if (!size.isEmpty() || !time.isEmpty()) return vacuum(machine, call, size, time);
    if (usage) {
      long bytes = machine.fs().usage(p -> p.startsWith(JOURNAL + "/"))[0];
      return MachineCommands.say(
          call,
          "Archived and active journals take up %.1fG in the file system."
              .formatted(bytes / (double) (1 << 30)));
    }
    if (unit && !machine.failedUnits().isEmpty())
      call.out().line("Main process exited, code=exited, status=1/FAILURE");
    return 0;
  }

  private static int vacuum(SimMachine machine, Call call, String size, String time) {
    machine.journal("journalctl " + String.join(" ", call.args()));
    Instant before = time.isEmpty() ? Instant.EPOCH : machine.clock().minus(span(time));
    long most = size.isEmpty() ? Long.MAX_VALUE : bytes(size);
    Fs fs = machine.fs();
    long freed = 0;
    for (Fs.Aged file : fs.aged(JOURNAL, "system@")) {
      long left = fs.usage(p -> p.startsWith(JOURNAL + "/"))[0];
      if (left <= most && !file.modified().isBefore(before)) break;
      freed += fs.usage(file.path()::equals)[0];
      fs.remove(file.path());
    }
    call.err()
        .line(
            "Vacuuming done, freed %.1fG of archived journals from %s."
                .formatted(freed / (double) (1 << 30), JOURNAL));
    return 0;
  }

  private static Duration span(String text) {
    long n = Long.parseLong(text.replaceAll("\\D", ""));
    return switch (text.replaceAll("\\d", "").strip()) {
      case "s" -> Duration.ofSeconds(n);
      case "m", "min" -> Duration.ofMinutes(n);
      case "h" -> Duration.ofHours(n);
      case "weeks", "week", "w" -> Duration.ofDays(7 * n);
      case "months", "month", "M" -> Duration.ofDays(30 * n);
      default -> Duration.ofDays(n);
    };
  }

  private static long bytes(String text) {
    long n = Long.parseLong(text.replaceAll("\\D", ""));
    return switch (text.replaceAll("\\d", "").toUpperCase(Locale.ROOT)) {
      case "K" -> n << 10;
      case "M" -> n << 20;
      case "G" -> n << 30;
      default -> n;
    };
  }

  private static int chronyc(SimMachine machine, Call call) {
    if (machine.failedUnits().contains("chrony.service"))
      return call.fail(1, "506 Cannot talk to daemon");
    double slow = -machine.skew().toMillis() / 1000.0;
    if (call.args().contains("makestep") || call.args().contains("burst")) {
      machine.journal("chronyc " + String.join(" ", call.args()));
      if (call.args().contains("makestep")) machine.skew(Duration.ZERO);
      return MachineCommands.say(call, "200 OK");
    }
    if (call.args().contains("waitsync")) return slow == 0 ? 0 : 1;
    if (call.args().contains("tracking") && call.args().contains("-c"))
      return MachineCommands.say(
          call,
          "0A000001,10.0.0.1,3,%d.0,%.9f,0.000012000,0.000020000,1.000,0.000,0.100,0.000200000,0.001000000,64.2,Normal"
              .formatted(machine.clock().getEpochSecond(), slow));
    if (call.args().contains("tracking")) {
      call.out().line("Reference ID    : 0A000001 (10.0.0.1)");
      call.out().line("Stratum         : 3");
      call.out()
          .line(
              "System time     : %.9f seconds %s of NTP time"
                  .formatted(Math.abs(slow), slow > 0 ? "slow" : "fast"));
      return MachineCommands.say(call, "Leap status     : Normal");
    }
    return 0;
  }

  private static int timedatectl(SimMachine machine, Call call) {
    String synchronised = machine.skew().abs().toMillis() < 1000 ? "yes" : "no";
    if (!call.args().contains("show"))
      return MachineCommands.say(call, "System clock synchronized: " + synchronised);
    boolean bare = call.args().contains("--value");
    return MachineCommands.say(call, (bare ? "" : "NTPSynchronized=") + synchronised);
  }

  private static int uptime(SimMachine machine, Call call) {
    if (call.args().contains("-s"))
      return MachineCommands.say(
          call,
          DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
              .format(machine.bootedAt().atZone(ZoneOffset.UTC)));
    return MachineCommands.say(
        call, " up " + machine.up().toDays() + " days,  0 users,  load average: 0.21, 0.18, 0.15");
  }

  private static int who(SimMachine machine, Call call) {
    if (!call.args().contains("-b")) return 0;
    return MachineCommands.say(
        call,
        "         system boot  "
            + DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT)
                .format(machine.bootedAt().atZone(ZoneOffset.UTC)));
  }

  private static int aptGet(SimMachine machine, Call call) {
    if (!call.args().contains("clean") && !call.args().contains("autoclean"))
      return call.fail(100, "no network here");
    machine.journal("apt-get " + String.join(" ", call.args()));
    for (Fs.Aged file : machine.fs().aged(ARCHIVES, ""))
      if (file.path().endsWith(".deb")) machine.fs().remove(file.path());
    return 0;
  }
}
