package io.fettle.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
      "on every machine that a query matches. --dry-run only shows what would be done."
    })
final class RunOrder extends Order {
  @Parameters(arity = "0..1", paramLabel = "FAULT", description = "F-12.")
  String fault = "";

  @Option(names = "--dry-run", description = "Shows what would be done and changes nothing.")
  boolean dryRun;

  @Option(names = "--on", paramLabel = "QUERY", description = "On which machines.")
  @Nullable String on;

  @Option(names = "--ssh", paramLabel = "COMMAND", description = "A shell command.")
  String ssh = "";

  @Option(names = "--script", paramLabel = "FILE", description = "A file of shell text.")
  @Nullable Path script;

  @Option(
      names = "--library",
      paramLabel = "PATH[@COMMIT]",
      description = "A script of the library; at main as it is, or at a commit, branch or tag.")
  String library = "";

  @Option(names = "--literal", description = "Names in braces are no variables.")
  boolean literal;

  @Option(names = "--action", paramLabel = "NAME", description = "A typed action.")
  String action = "";

  @Option(
      names = "--with",
      paramLabel = "k=v",
      description = "A parameter: of the action, or {k} in the text.")
  Map<String, String> with = new LinkedHashMap<>();

  @Option(names = "--root", description = "As root, through sudo where the user is not root.")
  boolean root;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept on the record.")
  String reason = "";

  @Option(names = "--steps", paramLabel = "1,5,25%,100%", description = "How far each step goes.")
  String steps = "";

  @Option(names = "--width", paramLabel = "N", description = "Machines at the same time.")
  int width;

  @Option(names = "--per-rack", paramLabel = "N", description = "At the same time in one rack.")
  int perRack;

  @Option(names = "--per-service", paramLabel = "N", description = "And of one service.")
  int perService;

  @Option(names = "--ask", description = "A person says before each further step: job continue.")
  boolean ask;

  @Option(names = "--pause", paramLabel = "30s", description = "Between two steps.")
  String pause = "";

  @Option(names = "--limit", paramLabel = "60s", description = "For each machine.")
  String limit = "";

  @Option(names = "--total", paramLabel = "2h", description = "For the job.")
  String total = "";

  @Option(names = "--stop-at", paramLabel = "20%", description = "Waits at this share of failures.")
  String stopAt = "";

  @Option(names = "--count", paramLabel = "N", description = "Confirms the number of machines.")
  int count;

  @Option(
      names = "--break-glass",
      paramLabel = "TEXT",
      description = "Why something dangerous cannot wait for a second person.")
  String breakGlass = "";

  @Option(names = "--detach", description = "Starts it and does not follow.")
  boolean detach;

  @Mixin Following following = new Following();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (fault.isEmpty() == (on == null))
      throw usage("请给出一个故障（F-12），或用 --on 给出条件", "give a fault (F-12), or machines with --on QUERY");
    if (on != null && on.isBlank())
      throw usage("--on 的条件为空：请写明是哪些机器", "the query of --on is empty: say which machines");
    return super.call();
  }

  @Override
  Server.Answer ask(Server server) {
    return on == null ? suggested(server) : batch(server);
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
    Map<String, Object> wish = wish();
    if (dryRun && action.isEmpty()) return server.post("jobs/preview", wish);
    if (!json) preview(server, wish);
    Server.Answer started = server.post("jobs", wish);
    if (detach) return started;
    following.fold |= dryRun;
    return following.toTheEnd(server, started.json().get("id").text(), json);
  }

  /** On a terminal the number of a large list is asked for; elsewhere it stands in --count. */
  private void preview(Server server, Map<String, Object> wish) {
    Json preview = server.post("jobs/preview", wish).json();
    JobTelling.preview(preview, terminal());
    var console = System.console();
    boolean asked = preview.get("count_needed").isTrue() && count == 0;
    if (!asked || console == null || !console.isTerminal()) return;
    String typed = console.readLine("%s", Words.say("请键入台数以确认：", "Type their number to go on: "));
    if (typed != null && typed.strip().matches("[0-9]{1,7}"))
      wish.put("count", Integer.parseInt(typed.strip()));
  }

  private Map<String, Object> wish() {
    Map<String, Object> wish = new LinkedHashMap<>();
    wish.put("on", String.valueOf(on));
    put(wish, "ssh", ssh);
    if (script != null) {
      wish.put("script", Server.text(script));
      wish.put("file", String.valueOf(script.getFileName()));
    }
    int at = library.lastIndexOf('@');
    put(wish, "library", at < 0 ? library : library.substring(0, at));
    put(wish, "commit", at < 0 ? "" : library.substring(at + 1));
    if (literal) wish.put("literal", true);
    put(wish, "action", action);
    if (!with.isEmpty()) wish.put("with", with);
    if (root) wish.put("root", true);
    if (dryRun && !action.isEmpty()) wish.put("dry_run", true);
    put(wish, "reason", reason);
    put(wish, "steps", steps);
    put(wish, "width", width);
    put(wish, "per_rack", perRack);
    put(wish, "per_service", perService);
    if (ask) wish.put("ask", true);
    put(wish, "pause", pause);
    put(wish, "limit", limit);
    put(wish, "total", total);
    if (!stopAt.isEmpty()) wish.put("stop_share", share(stopAt));
    put(wish, "count", count);
    put(wish, "break_glass", breakGlass);
    return wish;
  }

  private static void put(Map<String, Object> wish, String name, String value) {
    if (!value.isEmpty()) wish.put(name, value);
  }

  private static void put(Map<String, Object> wish, String name, int value) {
    if (value > 0) wish.put(name, value);
  }

  private static Double share(String text) {
    try {
      boolean percent = text.endsWith("%");
      double number = Double.parseDouble(percent ? text.substring(0, text.length() - 1) : text);
      return percent ? number / 100 : number;
    } catch (NumberFormatException e) {
      throw Refused.because("--stop-at '" + text + "': 20%");
    }
  }

  private static void say(Json suggestion, Screen screen) {
    screen.line(suggestion.get("runbook").text() + ": " + suggestion.get("label").text());
    for (Json step : suggestion.get("steps").items()) screen.line("  " + step.text());
    screen.line(suggestion.get("why").text());
  }

  @Override
  void show(Json answer, Screen screen) {
    if (on != null) showJob(answer, screen);
    else if (dryRun) say(answer, screen);
    else showRuns(answer, screen);
  }

  private void showJob(Json answer, Screen screen) {
    if (answer.get("id").isAbsent()) JobTelling.preview(answer, screen);
    else if (detach) screen.line(JobTelling.comeBack(answer.get("id").text()));
    else JobTelling.end(answer, screen);
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
    if (on == null || detach || answer.json().get("id").isAbsent()) return 0;
    return JobTelling.allWell(answer.json()) ? 0 : 1;
  }
}
