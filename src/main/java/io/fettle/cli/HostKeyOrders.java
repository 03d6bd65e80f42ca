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
        names = "--since",
        paramLabel = "TIME",
        description = "When the reinstall began, e.g. 2026-11-22T09:30; needed with accept --for.")
    String since = "";

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
      if (!since.isEmpty()) body.put("since", Times.instant(since).toString());
      body.put("fingerprints", fingerprints);
      body.put("reason", reason);
      return server.post("hostkeys/" + path(), body);
    }

    String path() {
      return verb();
    }

    @Override
    void show(Json answer, Screen screen) {
      Outline.of(answer, screen);
    }
  }

  @Command(name = "accept", description = "Pins the changed keys, e.g. after a reinstall.")
  static final class Accept extends Judge {
    @Option(
        names = "--dry-run",
        description = "Says how many keys, and whose first, and pins none.")
    boolean dryRun;

    @Override
    String verb() {
      return "accept";
    }

    @Override
    String path() {
      return dryRun ? "accept/preview" : verb();
    }

    @Override
    void show(Json answer, Screen screen) {
      if (!dryRun) {
        super.show(answer, screen);
        return;
      }
      screen.line(
          Words.say("将接受的密钥：", "Keys that would be accepted: ") + answer.get("count").text());
      screen.table(
          List.of("MACHINE", "ENDPOINT", "CHANGED", "OFFERED"),
          answer.get("first").items().stream()
              .map(k ->
                  List.of(
                      k.get("name").text(),
                      k.get("endpoint").text(),
                      Times.shortly(k.get("changed_at").text()),
                      k.get("fingerprint").text()))
              .toList());
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
