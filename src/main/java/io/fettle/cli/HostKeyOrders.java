package io.fettle.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "hostkey",
    description = "Pinned SSH host keys and those that changed.",
    subcommands = {
      HostKeyOrders.Listing.class,
      HostKeyOrders.Accept.class,
      HostKeyOrders.Refuse.class
    })
final class HostKeyOrders {
  @Command(name = "list", description = "Host keys that changed and wait; --all for every one.")
  static final class Listing extends Order {
    @Option(names = "--all")
    boolean all;

    @Override
    Server.Answer ask(Server server) {
      return server.get("hostkeys", "all", all ? "true" : "");
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.table(
          List.of("ENDPOINT", "STATE", "TYPE", "PINNED", "SEEN", "SINCE"),
          answer.rows().stream()
              .map(k ->
                  List.of(
                      k.get("endpoint").text(),
                      k.get("state").text(),
                      k.get("type").text(),
                      k.get("pinned").text(),
                      k.get("seen").text(),
                      Times.shortly(k.get("since").text())))
              .toList());
    }
  }

  /** Accepting and refusing take the same words. */
  abstract static class Judge extends Order {
    @Parameters(paramLabel = "KEY", arity = "1..*", description = "host:port of the machines.")
    List<String> endpoints = List.of();

    @Option(names = "--reason", paramLabel = "TEXT")
    String reason = "";

    abstract String verb();

    @Override
    Server.Answer ask(Server server) {
      return server.post("hostkeys/" + verb(), Map.of("endpoints", endpoints, "reason", reason));
    }

    @Override
    void show(Json answer, Screen screen) {
      Outline.of(answer, screen);
    }
  }

  @Command(name = "accept", description = "Pins the changed keys, e.g. after a reinstall.")
  static final class Accept extends Judge {
    @Override
    String verb() {
      return "accept";
    }
  }

  @Command(name = "refuse", description = "Keeps the pinned keys; the changed ones stay a fault.")
  static final class Refuse extends Judge {
    @Override
    String verb() {
      return "refuse";
    }
  }
}
