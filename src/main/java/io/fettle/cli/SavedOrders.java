package io.fettle.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Jobs under a name: {@code job save|saved|start|agree|forget}. */
final class SavedOrders {
  private SavedOrders() {}

  private static String path(String name) {
    return "saved-jobs/" + Server.encode(name);
  }

  private static void facts(Json saved, Screen screen) {
    Map<String, String> facts = new LinkedHashMap<>();
    for (String fact :
        List.of(
            "name",
            "kind",
            "body",
            "library_path",
            "library_commit",
            "query",
            "reason",
            "most",
            "teams",
            "cron",
            "zone",
            "next",
            "by",
            "approved_by"))
      if (!saved.get(fact).text().isEmpty()) facts.put(fact, saved.get(fact).text());
    screen.facts(facts);
    for (Json parameter : saved.get("parameters").items())
      screen.line(
          "  --set "
              + parameter.get("name").text()
              + "="
              + (parameter.get("usual").text().isEmpty()
                  ? parameter.get("type").text() + " " + parameter.get("choices").text()
                  : parameter.get("usual").text()));
    Json last = saved.get("last");
    if (!last.isAbsent() && !last.get("outcome").text().isEmpty())
      screen.line(
          Words.say("上次定时：", "last by itself: ")
              + Times.shortly(last.get("due").text())
              + " "
              + last.get("outcome").text()
              + " "
              + last.get("job").text()
              + last.get("why").text());
    if (saved.get("waits").isTrue())
      screen.line(
          Words.say("等另一个人批准：", "waits for another person: ")
              + "./fettle job agree "
              + saved.get("name").text());
  }

  @Command(name = "save", description = "Keeps a job under a name; it is not started.")
  static final class Save extends Order {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Mixin WishOptions wanted = new WishOptions();

    @Option(
        names = "--param",
        paramLabel = "NAME[:TYPE][=USUAL]",
        description =
            "Asked for at a start; TYPE is text, number or choice(a|b). {NAME} in the text.")
    List<String> parameters = List.of();

    @Option(
        names = "--most",
        paramLabel = "N",
        description = "Machines at one time; else it does not start.")
    int most;

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description = "May start it: operator, administrator.")
    List<String> roles = List.of();

    @Option(
        names = "--team",
        paramLabel = "TEAM",
        description = "Its owners may start it on their machines.")
    List<String> teams = List.of();

    @Option(
        names = "--cron",
        paramLabel = "'30 3 * * 1-5'",
        description = "Starts by itself at these times.")
    @Nullable String cron;

    @Option(
        names = "--zone",
        paramLabel = "ZONE",
        description = "Time zone of --cron, e.g. Asia/Shanghai.")
    @Nullable String zone;

    @Override
    Server.Answer ask(Server server) {
      Map<String, Object> keeping = new LinkedHashMap<>();
      keeping.put("name", name);
      keeping.put("job", wanted.wish());
      keeping.put("parameters", parameters);
      if (most > 0) keeping.put("most", most);
      keeping.put("roles", roles);
      keeping.put("teams", teams);
      if (cron != null) keeping.put("cron", cron);
      if (zone != null) keeping.put("zone", zone);
      return server.post("saved-jobs", keeping);
    }

    @Override
    void show(Json saved, Screen screen) {
      facts(saved, screen);
    }
  }

  @Command(name = "saved", description = "All saved jobs, or one with its parameters and times.")
  static final class Saved extends Order {
    @Parameters(arity = "0..1", paramLabel = "NAME")
    String name = "";

    @Override
    Server.Answer ask(Server server) {
      return server.get(name.isEmpty() ? "saved-jobs" : path(name));
    }

    @Override
    void show(Json answer, Screen screen) {
      if (!name.isEmpty()) facts(answer, screen);
      else
        screen.table(
            List.of("NAME", "NEXT", "MOST", "BY", "QUERY"),
            answer.rows().stream()
                .map(s ->
                    List.of(
                        s.get("name").text(),
                        s.get("waits").isTrue()
                            ? Words.say("等批准", "waits for approval")
                            : Times.shortly(s.get("next").text()),
                        s.get("most").text(),
                        s.get("by").text(),
                        s.get("query").text()))
                .toList());
    }
  }

  @Command(name = "start", description = "Starts a saved job with these values.")
  static final class Start extends JobStart {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Option(names = "--set", paramLabel = "k=v", description = "Value of a parameter.")
    Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--on", paramLabel = "QUERY", description = "Only on those of its machines.")
    String on = "";

    @Option(names = "--reason", paramLabel = "TEXT", description = "Instead of the saved one.")
    String reason = "";

    @Option(names = "--dry-run", description = "Shows what it would come to.")
    boolean dryRun;

    @Override
    Server.Answer ask(Server server) {
      Map<String, Object> starting = Map.of("set", set, "on", on, "reason", reason);
      return dryRun
          ? server.post(path(name) + "/preview", starting)
          : followed(server, server.post(path(name) + "/start", starting));
    }

    @Override
    void show(Json answer, Screen screen) {
      if (dryRun) JobTelling.preview(answer, screen);
      else super.show(answer, screen);
    }

    @Override
    int exit(Server.Answer answer) {
      return dryRun ? 0 : super.exit(answer);
    }
  }

  @Command(name = "agree", description = "As a second person, to what is dangerous in a saved job.")
  static final class Agree extends Order {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Override
    Server.Answer ask(Server server) {
      return server.post(path(name) + "/approve", Map.of());
    }

    @Override
    void show(Json saved, Screen screen) {
      facts(saved, screen);
    }
  }

  @Command(name = "forget", description = "Forgets a saved job; the jobs it was stay.")
  static final class Forget extends Order {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Override
    Server.Answer ask(Server server) {
      server.delete(path(name));
      return Server.Answer.of(Map.of("forgotten", name));
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.line(Words.say("已删除：", "forgotten: ") + name);
    }
  }
}
