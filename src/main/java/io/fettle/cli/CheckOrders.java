package io.fettle.cli;

import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "check",
    description = "Checks written as files.",
    subcommands = CheckOrders.Try.class)
final class CheckOrders {
  @Command(name = "try", description = "Runs a check file once on one machine; changes nothing.")
  static final class Try extends Order {
    @Parameters(paramLabel = "FILE")
    Path file = Path.of("");

    @Option(names = "--on", required = true, paramLabel = "KEY")
    String on = "";

    @Override
    Server.Answer ask(Server server) {
      String name = String.valueOf(file.getFileName());
      return server.post("checks/try", Map.of("name", name, "check", Server.text(file), "on", on));
    }

    @Override
    void show(Json answer, Screen screen) {
      Outline.of(answer, screen);
    }
  }
}
