package io.fettle.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Faults, and one fault's whole story. */
final class FaultOrders {
  private FaultOrders() {}

  @Command(name = "faults", description = "Faults, newest change first.")
  static final class Many extends PageOrder {
    @Option(names = "--state", paramLabel = "S")
    String state = "";

    @Option(names = "--class", paramLabel = "C")
    String faultClass = "";

    @Option(names = "--machine", paramLabel = "KEY")
    String machine = "";

    @Option(
        names = "--sort",
        paramLabel = "BY",
        description = "changed, opened, machine or class; - before it for descending.")
    String sort = "";

    @Override
    Server.Answer ask(Server server) {
      return page(
          server, "faults", "state", state, "class", faultClass, "machine", machine, "sort", sort);
    }

    @Override
    void rows(Json answer, Screen screen) {
      screen.table(
          List.of("ID", "STATE", "CLASS", "ASSET", "COMPONENT", "OPENED", "WHAT"),
          answer.rows().stream()
              .map(f ->
                  List.of(
                      f.get("id").text(),
                      f.get("state").text(),
                      f.get("class").text(),
                      f.get("asset_no").text(),
                      f.get("component").text(),
                      Times.shortly(f.get("opened_at").text()),
                      f.get("summary").text()))
              .toList());
    }
  }

  @Command(name = "fault", description = "One fault's whole story.")
  static final class One extends Order {
    @Parameters(paramLabel = "ID")
    String id = "";

    @Override
    Server.Answer ask(Server server) {
      return server.get("faults/" + Server.encode(id));
    }

    @Override
    void show(Json fault, Screen screen) {
      Map<String, String> facts = new LinkedHashMap<>();
      for (String name : fault.names())
        if (!name.equals("story") && !name.equals("evidence"))
          facts.put(name, fault.get(name).text());
      screen.facts(facts);
      screen.line("");
      screen.table(
          List.of("AT", "KIND", "WHAT"),
          fault.get("story").items().stream()
              .map(s ->
                  List.of(
                      Times.shortly(s.get("at").text()),
                      s.get("kind").text(),
                      s.get("title").text()))
              .toList());
    }
  }
}
