package io.fettle.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "import", description = "Purchased machines from a CSV file.")
final class ImportOrder extends Order {
  /** The server lists no more, however many it counts. */
  private static final int MOST_SHOWN = 10_000;

  @Parameters(paramLabel = "FILE")
  Path file = Path.of("");

  @Option(names = "--dry-run", description = "Says what would happen and writes nothing.")
  boolean dryRun;

  @Override
  Server.Answer ask(Server server) {
    String name = String.valueOf(file.getFileName());
    return server.upload(
        "register/imports", file, "text/csv", "dry_run", dryRun ? "true" : "", "name", name);
  }

  @Override
  void show(Json answer, Screen screen) {
    List<Json> rejected = answer.get("rejected").items();
    screen.line(
        Words.say(
                "%s新增 %s，更新 %s，不变 %s，拒绝 %d", "%screated %s, updated %s, unchanged %s, rejected %d")
            .formatted(
                dryRun ? Words.say("预演：", "would be: ") : "",
                answer.get("created").text(),
                answer.get("updated").text(),
                answer.get("unchanged").text(),
                answer.get("rejected_rows").number()));
    if (rejected.isEmpty()) return;
    screen.table(
        List.of("LINE", "COLUMN", "VALUE", "REASON"),
        rejected.stream()
            .map(r ->
                List.of(
                    r.get("line").text(),
                    r.get("column").text(),
                    r.get("value").text(),
                    r.get("reason").text()))
            .toList());
    if (rejected.size() >= MOST_SHOWN)
      screen.line(
          Words.say(
              "只列出前 " + MOST_SHOWN + " 处，改正后再导入",
              "These are the first " + MOST_SHOWN + "; correct them and import again."));
  }

  /** The good rows went in; only a file without one has failed. */
  @Override
  int exit(Server.Answer answer) {
    Json json = answer.json();
    long good =
        json.get("created").number()
            + json.get("updated").number()
            + json.get("unchanged").number();
    return good == 0 && !json.get("rejected").items().isEmpty() ? 1 : 0;
  }
}
