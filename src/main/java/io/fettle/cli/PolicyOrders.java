package io.fettle.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "policy",
    description = "Repair policies and how far each may go.",
    subcommands = {PolicyOrders.Listing.class, PolicyOrders.Mode.class})
final class PolicyOrders {
  @Command(name = "list", description = "All policies.")
  static final class Listing extends Order {
    @Override
    Server.Answer ask(Server server) {
      return server.get("policies");
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.table(
          List.of("NAME", "MODE", "CLASS", "OPEN FAULTS", "WHERE", "WHAT"),
          answer.rows().stream()
              .map(p ->
                  List.of(
                      p.get("name").text(),
                      p.get("mode").text(),
                      p.get("fault_class").text(),
                      p.get("open_faults").text(),
                      p.get("where").text(),
                      p.get("label").text()))
              .toList());
    }
  }

  @Command(name = "mode", description = "Sets how far a policy goes; raising needs a reason.")
  static final class Mode extends Order {
    @Parameters(index = "0", paramLabel = "NAME")
    String name = "";

    @Parameters(index = "1", paramLabel = "observe|suggest|auto")
    String mode = "";

    @Option(names = "--reason", paramLabel = "TEXT")
    String reason = "";

    @Option(names = "--dry-run", description = "Says what it would touch and changes nothing.")
    boolean dryRun;

    @Override
    Server.Answer ask(Server server) {
      String path = "policies/" + Server.encode(name);
      Server.Answer touches = server.get(path + "/would-touch", "mode", mode);
      if (dryRun) return touches;
      if (!json) say(touches.json(), terminal());
      return server.post(path + "/mode", Map.of("mode", mode, "reason", reason));
    }

    private static void say(Json touches, Screen screen) {
      screen.line(
          Words.say("此刻会触及的机器：", "Machines it would touch now: ")
              + touches.get("machines").text()
              + " "
              + Words.cut(touches.get("asset_nos").text(), 100));
    }

    @Override
    void show(Json answer, Screen screen) {
      if (dryRun) say(answer, screen);
      else screen.line(answer.at("policy.name").text() + ": " + answer.at("policy.mode").text());
    }
  }
}
