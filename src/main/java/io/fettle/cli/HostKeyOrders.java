package io.fettle.cli;

import java.util.LinkedHashMap;
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
  static final class Listing extends PageOrder {
    @Option(names = "--all")
    boolean all;

    @Override
    Server.Answer ask(Server server) {
      return page(server, "hostkeys", "state", all ? "" : "changed");
    }

    @Override
    void rows(Json answer, Screen screen) {
      screen.table(
          List.of("ENDPOINT", "ASSET", "STATE", "TYPE", "PINNED", "OFFERED", "LAST SEEN"),
          answer.rows().stream()
              .map(k ->
                  List.of(
                      k.get("endpoint").text(),
                      k.get("asset_no").text(),
                      k.get("state").text(),
                      k.get("type").text(),
                      k.get("fingerprint").text(),
                      k.at("offered.fingerprint").text(),
                      Times.shortly(k.get("last_seen").text())))
              .toList());
    }
  }

  /** Accepting and refusing take the same words. */
  abstract static class Judge extends Order {
    @Parameters(paramLabel = "ENDPOINT", arity = "0..*", description = "host or host:port.")
    List<String> endpoints = List.of();

    @Option(
        names = "--for",
        paramLabel = "QUERY",
        description = "All machines of a CMDB query, e.g. after a declared reinstall.")
    String query = "";

    @Option(
        names = "--fingerprint",
        paramLabel = "SHA256:...",
        description = "Only keys with one of these fingerprints.")
    List<String> fingerprints = List.of();

    @Option(names = "--reason", paramLabel = "TEXT")
    String reason = "";

    abstract String verb();

    @Override
    Server.Answer ask(Server server) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("endpoints", endpoints);
      if (!query.isEmpty()) body.put("query", query);
      body.put("fingerprints", fingerprints);
      body.put("reason", reason);
      return server.post("hostkeys/" + verb(), body);
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
