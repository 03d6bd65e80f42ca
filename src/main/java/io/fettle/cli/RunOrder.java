package io.fettle.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "run",
    description = {
      "With FAULT: runs what is suggested for it. With --on: runs a command, a script or an action",
      "on every machine that a query matches; puts a file there or fetches one. --dry-run only shows what would be done."
    })
final class RunOrder extends JobStart {
  @Parameters(arity = "0..1", paramLabel = "FAULT", description = "F-12.")
  String fault = "";

  @Option(names = "--dry-run", description = "Shows what would be done and changes nothing.")
  boolean dryRun;

  @Mixin WishOptions wanted = new WishOptions();

  @Mixin FileOptions file = new FileOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (fault.isEmpty() == (wanted.on == null))
      throw usage("请给出一个故障（F-12），或用 --on 给出条件", "give a fault (F-12), or machines with --on QUERY");
    if (wanted.on != null && wanted.on.isBlank())
      throw usage("--on 的条件为空：请写明是哪些机器", "the query of --on is empty: say which machines");
    return super.call();
  }

  @Override
  Server.Answer ask(Server server) {
    return wanted.on == null ? suggested(server) : batch(server);
  }

  private ParameterException usage(String zh, String en) {
    return new ParameterException(spec.commandLine(), Words.say(zh, en));
  }

  /** The word goes on exactly the plan that was read a moment before. */
  private Server.Answer suggested(Server server) {
    String path = "faults/" + Server.encode(fault);
    Server.Answer seen = server.get(path + "/suggestion");
    if (dryRun) return seen;
    if (!json) say(seen.json(), terminal());
    return server.post(path + "/run-suggested", Map.of("plan", seen.json().get("plan").text()));
  }

  private Server.Answer batch(Server server) {
    Map<String, Object> wish = wish(server);
    if (dryRun && !wish.containsKey("action")) return server.post("jobs/preview", wish);
    if (!json) preview(server, wish);
    following.fold |= dryRun;
    Server.Answer started = server.post("jobs", wish);
    Server.Answer job = followed(server, started);
    if (!detach) file.bring(server, started.json().get("id").text(), json);
    return job;
  }

  /** On a terminal the number of a large list is asked for; elsewhere it stands in --count. */
  private void preview(Server server, Map<String, Object> wish) {
    Json preview = server.post("jobs/preview", wish).json();
    JobTelling.preview(preview, terminal());
    var console = System.console();
    boolean asked = preview.get("count_needed").isTrue() && wanted.count == 0;
    if (!asked || console == null || !console.isTerminal()) return;
    String typed = console.readLine("%s", Words.say("请键入台数以确认：", "Type their number to go on: "));
    if (typed != null && typed.strip().matches("[0-9]{1,7}"))
      wish.put("count", Integer.parseInt(typed.strip()));
  }

  private Map<String, Object> wish(Server server) {
    Map<String, Object> wish = wanted.wish();
    file.wish(server, wish, wanted.root);
    if (dryRun && wish.containsKey("action")) wish.put("dry_run", true);
    return wish;
  }

  private static void say(Json suggestion, Screen screen) {
    screen.line(suggestion.get("runbook").text() + ": " + suggestion.get("label").text());
    for (Json step : suggestion.get("steps").items()) screen.line("  " + step.text());
    screen.line(suggestion.get("why").text());
  }

  @Override
  void show(Json answer, Screen screen) {
    if (wanted.on != null) showJob(answer, screen);
    else if (dryRun) say(answer, screen);
    else showRuns(answer, screen);
  }

  private void showJob(Json answer, Screen screen) {
    if (answer.get("id").isAbsent()) JobTelling.preview(answer, screen);
    else super.show(answer, screen);
  }

  private void showRuns(Json answer, Screen screen) {
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

  @Override
  int exit(Server.Answer answer) {
    return wanted.on == null || answer.json().get("id").isAbsent() ? 0 : super.exit(answer);
  }
}
