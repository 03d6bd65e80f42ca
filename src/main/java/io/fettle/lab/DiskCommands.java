package io.fettle.lab;

import io.fettle.lab.Disks.Mount;
import io.fettle.lab.Disks.Usage;
import io.fettle.lab.shell.Command;
import io.fettle.lab.shell.Command.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** df, mount, findmnt, mountpoint, dmesg. */
final class DiskCommands {
  private DiskCommands() {}

  static void into(Map<String, Function<SimMachine, Command>> all) {
    all.put("df", m -> c -> df(m, c));
    all.put("mount", m -> c -> mount(m, c));
    all.put("findmnt", m -> c -> findmnt(m, c));
    all.put("mountpoint", m -> c -> mountpoint(m, c));
    all.put("dmesg", m -> c -> dmesg(m, c));
  }

  private record Asked(List<String> columns, List<String> paths, List<String> without) {}

  private static final List<String> BLOCKS =
      List.of("source", "1024-blocks", "used", "available", "capacity", "target");
  private static final List<String> PLAIN =
      List.of("source", "size", "used", "available", "pcent", "target");
  private static final List<String> INODES =
      List.of("source", "itotal", "iused", "iavail", "ipcent", "target");

  private static Asked asked(Call call) {
    List<String> columns = null;
    boolean inodes = false;
    boolean posix = false;
    boolean types = false;
    List<String> paths = new ArrayList<>();
    List<String> without = new ArrayList<>();
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (arg.startsWith("--output=")) columns = List.of(arg.substring(9).split(","));
      else if (arg.equals("-x")) without.add(call.arg(++i, ""));
      else if (arg.startsWith("--exclude-type=")) without.add(arg.substring(15));
      else if (arg.equals("-t") || arg.equals("-B")) i++;
      else if (arg.startsWith("--")) posix |= arg.equals("--portability");
      else if (arg.startsWith("-")) {
        inodes |= arg.contains("i");
        posix |= arg.contains("P");
        types |= arg.contains("T");
      } else paths.add(call.path(arg));
    }
    if (columns == null) columns = inodes ? INODES : posix ? BLOCKS : PLAIN;
    if (types) {
      columns = new ArrayList<>(columns);
      columns.add(1, "fstype");
    }
    return new Asked(columns, paths, without);
  }

  private static int df(SimMachine machine, Call call) {
    Asked asked = asked(call);
    List<String> targets = new ArrayList<>();
    int status = 0;
    for (String path : asked.paths()) {
      if (machine.fs().exists(path)) targets.add(machine.disks().target(path));
      else status = call.fail(1, path + ": No such file or directory");
    }
    if (asked.paths().isEmpty()) targets.addAll(machine.disks().mounts().keySet());
    List<List<String>> rows = new ArrayList<>();
    rows.add(asked.columns().stream().map(DiskCommands::heading).toList());
    for (String target : targets) {
      Usage usage = machine.disks().usage(target);
      if (!asked.without().contains(usage.mount().type()))
        rows.add(asked.columns().stream().map(c -> cell(c, usage)).toList());
    }
    if (rows.size() > 1) table(call, asked.columns(), rows);
    return status;
  }

  private static void table(Call call, List<String> columns, List<List<String>> rows) {
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < columns.size(); c++) {
        int column = c;
        boolean left = List.of("source", "fstype", "target").contains(columns.get(c));
        int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(1);
        if (columns.get(c).equals("source")) width = Math.max(14, width);
        if (c == columns.size() - 1 && left) width = 1;
        line.append(c == 0 ? "" : " ")
            .append(String.format("%" + (left ? "-" : "") + width + "s", row.get(c)));
      }
      call.out().line(line.toString());
    }
  }

  private static String heading(String column) {
    return switch (column) {
      case "source" -> "Filesystem";
      case "fstype" -> "Type";
      case "size" -> "1K-blocks";
      case "used" -> "Used";
      case "avail" -> "Avail";
      case "available" -> "Available";
      case "capacity" -> "Capacity";
      case "pcent" -> "Use%";
      case "itotal" -> "Inodes";
      case "iused" -> "IUsed";
      case "iavail" -> "IFree";
      case "ipcent" -> "IUse%";
      case "target" -> "Mounted on";
      default -> column;
    };
  }

  private static String cell(String column, Usage u) {
    Mount m = u.mount();
    return switch (column) {
      case "source" -> m.source();
      case "fstype" -> m.type();
      case "size", "1024-blocks" -> Long.toString(m.size());
      case "used" -> Long.toString(u.used());
      case "avail", "available" -> Long.toString(u.free());
      case "pcent", "capacity" -> u.percent() + "%";
      case "itotal" -> Long.toString(m.inodes());
      case "iused" -> Long.toString(u.inodesUsed());
      case "iavail" -> Long.toString(m.inodes() - u.inodesUsed());
      case "ipcent" -> u.inodePercent() + "%";
      case "target" -> u.target();
      default -> "-";
    };
  }

  private static String options(Mount mount) {
    return (mount.readOnly() ? "ro" : "rw") + ",relatime";
  }

  /** As /proc/mounts has them. */
  static String proc(SimMachine machine) {
    StringBuilder out =
        new StringBuilder(
            """
            proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0
            tmpfs /run tmpfs rw,nosuid,nodev,mode=755 0 0
            tmpfs /tmp tmpfs rw,nosuid,nodev 0 0
            """);
    machine
        .disks()
        .mounts()
        .forEach((target, m) ->
            out.append("%s %s %s %s 0 0\n".formatted(m.source(), target, m.type(), options(m))));
    return out.toString();
  }

  private static int mount(SimMachine machine, Call call) {
    if (call.args().isEmpty()) {
      machine
          .disks()
          .mounts()
          .forEach((target, m) ->
              call.out()
                  .line(
                      "%s on %s type %s (%s)".formatted(m.source(), target, m.type(), options(m))));
      return 0;
    }
    String options = String.join(",", call.args());
    if (!options.contains("remount")) return call.fail(32, "only remounts are possible here");
    String target = call.args().getLast();
    Mount m = machine.disks().mounts().get(target);
    if (m == null) return call.fail(32, target + ": mount point not mounted or bad option.");
    machine.journal("mount " + String.join(" ", call.args()));
    boolean readOnly = List.of(options.split(",")).contains("ro");
    if (!readOnly && m.worn())
      return call.fail(
          32, target + ": cannot remount " + m.source() + " read-write, is write-protected.");
    machine.disks().readOnly(target, readOnly, m.worn());
    return 0;
  }

  private static int findmnt(SimMachine machine, Call call) {
    String columns = "TARGET,SOURCE,FSTYPE,OPTIONS";
    boolean heading = true;
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (arg.equals("-o") || arg.matches("-[a-z]*o")) columns = call.arg(++i, columns);
      else if (arg.equals("-t") || arg.equals("-T"))
        targets.add(machine.disks().target(call.path(call.arg(++i, "/"))));
      else if (!arg.startsWith("-")) targets.add(arg);
      if (arg.matches("-[a-z]*n[a-z]*") || arg.equals("--noheadings")) heading = false;
    }
    List<String> wanted = List.of(columns.split(","));
    if (heading) call.out().line(String.join(" ", wanted));
    boolean found = false;
    for (var entry : machine.disks().mounts().entrySet()) {
      if (!targets.isEmpty() && !targets.contains(entry.getKey())) continue;
      found = true;
      Mount m = entry.getValue();
      call.out()
          .line(
              String.join(
                  " ",
                  wanted.stream()
                      .map(c ->
                          switch (c) {
                            case "SOURCE" -> m.source();
                            case "FSTYPE" -> m.type();
                            case "OPTIONS" -> options(m);
                            default -> entry.getKey();
                          })
                      .toList()));
    }
    return found ? 0 : 1;
  }

  private static int mountpoint(SimMachine machine, Call call) {
    String path = call.args().isEmpty() ? "" : call.args().getLast();
    boolean is = machine.disks().mounts().containsKey(path);
    if (!call.args().contains("-q"))
      call.out().line(path + (is ? " is a mountpoint" : " is not a mountpoint"));
    return is ? 0 : 32;
  }

  private static int dmesg(SimMachine machine, Call call) {
    machine
        .disks()
        .mounts()
        .forEach((target, m) -> {
          if (!m.worn()) return;
          String disk = m.source().substring(5);
          call.out().line("blk_update_request: I/O error, dev " + disk + ", sector 1048576");
          call.out().line("EXT4-fs (" + disk + "): Remounting filesystem read-only");
        });
    return 0;
  }
}
