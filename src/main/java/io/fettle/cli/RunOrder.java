package io.fettle.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "run",
    description = "Runs what is suggested for a fault; --dry-run only shows what that is.")
final class RunOrder extends Order {
  @Parameters(paramLabel = "FAULT", description = "F-12.")
  String fault = "";

  @Option(names = "--dry-run", description = "Shows the suggested steps and runs nothing.")
  boolean dryRun;

  /** The word goes on exactly the plan that was read a moment before. */
  @Override
  Server.Answer ask(Server server) {
    String path = "faults/" + Server.encode(fault);
    Server.Answer seen = server.get(path + "/suggestion");
    if (dryRun) return seen;
    if (!json) say(seen.json(), terminal());
    return server.post(path + "/run-suggested", Map.of("plan", seen.json().get("plan").text()));
  }

  private static void say(Json suggestion, Screen screen) {
    screen.line(suggestion.get("runbook").text() + ": " + suggestion.get("label").text());
    for (Json step : suggestion.get("steps").items()) screen.line("  " + step.text());
    screen.line(suggestion.get("why").text());
  }

  @Override
  void show(Json answer, Screen screen) {
    if (dryRun) {
      say(answer, screen);
      return;
    }
    screen.line(Words.say("已批准；进展见 fault " + fault, "Approved; follow it with: fault " + fault));
    List<Json> runs = answer.rows();
    if (runs.isEmpty()) return;
    screen.table(
        List.of("RUN", "RUNBOOK", "STATE", "STARTED"),
        runs.stream()
            .map(r ->
                List.of(
                    r.get("id").text(),
                    r.get("runbook").text(),
                    r.get("state").text(),
                    Times.shortly(r.get("started_at").text())))
            .toList());
  }
}
