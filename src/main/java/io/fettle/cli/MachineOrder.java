package io.fettle.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "machine", description = "Everything known of one machine.")
final class MachineOrder extends Order {
  @Parameters(paramLabel = "KEY", description = "Any key that leads to exactly one machine.")
  String key = "";

  @Override
  Server.Answer ask(Server server) {
    return server.get("assets/" + Server.encode(key));
  }

  @Override
  void show(Json machine, Screen screen) {
    Outline.of(machine, screen);
  }
}
