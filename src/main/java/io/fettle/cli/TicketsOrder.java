package io.fettle.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "tickets", description = "Open tickets; --all for every one.")
final class TicketsOrder extends PageOrder {
  @Option(names = "--all")
  boolean all;

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
        server,
        "tickets",
        "open",
        all ? "false" : "",
        "class",
        faultClass,
        "machine",
        machine,
        "sort",
        sort);
  }

  @Override
  void rows(Json answer, Screen screen) {
    screen.table(
        List.of("ID", "STATE", "ASSET", "FAULT", "ASSIGNEE", "CREATED", "TITLE"),
        answer.rows().stream()
            .map(t ->
                List.of(
                    t.get("id").text(),
                    t.get("state").text(),
                    t.get("asset_no").text(),
                    t.get("fault").text(),
                    t.get("assignee").text(),
                    Times.shortly(t.get("created_at").text()),
                    t.get("title").text()))
            .toList());
  }
}
