package io.fettle.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "import", description = "Purchased machines from a CSV file.")
final class ImportOrder extends Order {
  @Parameters(paramLabel = "FILE")
  Path file = Path.of("");

  @Option(names = "--dry-run", description = "Says what would happen and writes nothing.")
  boolean dryRun;

  private List<Json> later = List.of();

  /**
   * Every rejection is asked for, page by page; {@code --json} gives the first page and its next.
   */
  @Override
  Server.Answer ask(Server server) {
    Server.Answer first = send(server, "");
    if (json) return first;
    List<Json> more = new ArrayList<>();
    String next = first.json().get("next").text();
    while (!next.isEmpty()) {
      Json page = (dryRun ? send(server, next) : rest(server, first, next)).json();
      more.addAll(page.get("rejected").items());
      next = page.get("next").text();
    }
    later = more;
    return first;
  }

  private Server.Answer send(Server server, String cursor) {
    String name = String.valueOf(file.getFileName());
    return server.upload(
        "register/imports",
        file,
        "text/csv",
        "dry_run",
        dryRun ? "true" : "",
        "name",
        name,
        "cursor",
        cursor);
  }

  private static Server.Answer rest(Server server, Server.Answer first, String cursor) {
    String id = Server.encode(first.json().get("id").text());
    return server.get("register/imports/" + id, "cursor", cursor);
  }

  @Override
  void show(Json answer, Screen screen) {
    List<Json> rejected = new ArrayList<>(answer.get("rejected").items());
    rejected.addAll(later);
    String rows = answer.get("rejected_rows").text();
    screen.line(
        Words.say(
                "%s新增 %s，更新 %s，不变 %s，拒绝 %s", "%screated %s, updated %s, unchanged %s, rejected %s")
            .formatted(
                dryRun ? Words.say("预演：", "would be: ") : "",
                answer.get("created").text(),
                answer.get("updated").text(),
                answer.get("unchanged").text(),
                rows.isEmpty() ? "" + rejected.size() : rows));
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
