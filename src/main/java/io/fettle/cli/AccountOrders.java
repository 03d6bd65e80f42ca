package io.fettle.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "account",
    description = "Declared accounts, and why a person cannot log in.",
    subcommands = {
      AccountOrders.Declare.class,
      AccountOrders.Listing.class,
      AccountOrders.Why.class
    })
final class AccountOrders {
  @Command(name = "declare", description = "Declares accounts from a YAML file.")
  static final class Declare extends Order {
    @Parameters(paramLabel = "FILE")
    Path file = Path.of("");

    @Override
    Server.Answer ask(Server server) {
      return server.upload("accounts", file, "application/yaml");
    }

    @Override
    void show(Json answer, Screen screen) {
      Outline.of(answer, screen);
    }
  }

  @Command(name = "list", description = "Declared accounts.")
  static final class Listing extends Order {
    @Override
    Server.Answer ask(Server server) {
      return server.get("accounts");
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.table(
          List.of("NAME", "UID", "SHELL", "SUDO", "EXPIRES", "WHERE"),
          answer.rows().stream()
              .map(a ->
                  List.of(
                      a.get("name").text(),
                      a.get("uid").text(),
                      a.get("shell").text(),
                      a.get("sudo").text(),
                      a.get("expires").text(),
                      a.get("where").text()))
              .toList());
    }
  }

  @Command(name = "why", description = "Why can this person not log in to this machine?")
  static final class Why extends Order {
    @Parameters(index = "0", paramLabel = "USER")
    String user = "";

    @Parameters(index = "1", paramLabel = "KEY")
    String key = "";

    @Option(
        names = "--look",
        description = "Only look: no real log-in, also where one is declared.")
    boolean look;

    @Override
    Server.Answer ask(Server server) {
      if (look) return server.get("accounts/why", "user", user, "key", key);
      return server.post("accounts/why", Map.of(), "user", user, "key", key);
    }

    @Override
    void show(Json answer, Screen screen) {
      Outline.of(answer, screen);
    }
  }
}
