package io.fettle.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "freeze", description = "The one switch that stops every new action.")
final class FreezeOrder extends Order {
  enum Switch {
    ON,
    OFF
  }

  @Parameters(paramLabel = "on|off")
  Switch to = Switch.ON;

  @Option(names = "--reason", paramLabel = "TEXT")
  String reason = "";

  @Override
  Server.Answer ask(Server server) {
    return server.post("freeze", Map.of("on", to == Switch.ON, "reason", reason));
  }

  @Override
  void show(Json answer, Screen screen) {
    screen.line(
        to == Switch.ON
            ? Words.say("已冻结：不再开始新的修复动作", "Frozen: no new action starts.")
            : Words.say("已解冻", "No longer frozen."));
  }
}
