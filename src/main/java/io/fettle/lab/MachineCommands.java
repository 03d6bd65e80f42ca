package io.fettle.lab;

import io.fettle.lab.shell.Command;
import io.fettle.lab.shell.Command.Call;
import java.util.HashMap;
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
    DiskCommands.into(all);
    ServiceCommands.into(all);
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
}
