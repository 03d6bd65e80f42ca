package io.fettle.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The script library; to change a script, clone it with Git. */
@Command(
    name = "script",
    description = "The script library.",
    subcommands = {
      ScriptOrders.Listing.class,
      ScriptOrders.Show.class,
      ScriptOrders.Log.class,
      ScriptOrders.Diff.class,
      ScriptOrders.Blame.class,
      ScriptOrders.Changes.class,
      ScriptOrders.Change.class,
      ScriptOrders.Merge.class
    })
final class ScriptOrders {
  private static final int ID = 10;

  private static String shortly(Json commit) {
    String id = commit.text();
    return id.length() <= ID ? id : id.substring(0, ID);
  }

  private static List<String> line(Json commit) {
    return List.of(
        shortly(commit.get("id")),
        Times.shortly(commit.get("at").text()),
        commit.get("author").text(),
        commit.get("subject").text());
  }

  private static void lines(Json text, Screen screen) {
    text.text().lines().forEach(screen::line);
  }

  private static void diff(Json diff, Screen screen) {
    for (Json file : diff.get("files").items()) {
      String from = file.get("from").text();
      String to = file.get("to").text();
      screen.line("--- " + (from.isEmpty() ? "/dev/null" : from));
      screen.line("+++ " + (to.isEmpty() ? "/dev/null" : to));
      if (file.get("binary").isTrue()) screen.line(Words.say("（二进制文件）", "(binary)"));
      for (Json line : file.get("lines").items())
        screen.line(line.get("sign").text() + line.get("text").text());
      if (file.get("cut").isTrue()) screen.line(Words.say("（后面还有）", "(there is more)"));
    }
    long more = diff.get("more").number();
    if (more > 0)
      screen.line(Words.say("还有 %d 个文件没有显示", "%d more files are not shown").formatted(more));
  }

  /** A command that looks at one state of the library. */
  private abstract static class At extends Order {
    @Option(
        names = "--ref",
        paramLabel = "REF",
        description = "A branch, a tag or a commit; default: main.")
    String ref = "";
  }

  @Command(name = "list", description = "What is in a folder of the library.")
  static final class Listing extends At {
    @Parameters(paramLabel = "FOLDER", arity = "0..1")
    String folder = "";

    @Override
    Server.Answer ask(Server server) {
      return server.get("library/tree", "ref", ref, "path", folder);
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.table(
          List.of("PATH", "KIND", "SIZE"),
          answer.get("entries").items().stream()
              .map(e -> List.of(e.get("path").text(), e.get("kind").text(), e.get("size").text()))
              .toList());
      if (answer.get("cut").isTrue()) screen.line(Words.say("（后面还有）", "(there is more)"));
    }
  }

  @Command(name = "show", description = "A script as it stands.")
  static final class Show extends At {
    @Parameters(paramLabel = "PATH")
    String path = "";

    @Override
    Server.Answer ask(Server server) {
      return server.get("library/file", "ref", ref, "path", path);
    }

    @Override
    void show(Json answer, Screen screen) {
      lines(answer.get("text"), screen);
    }
  }

  @Command(name = "log", description = "Commits, newest first: of the library or of one path.")
  static final class Log extends PageOrder {
    @Parameters(paramLabel = "PATH", arity = "0..1")
    String path = "";

    @Option(names = "--ref", paramLabel = "REF")
    String ref = "";

    @Override
    Server.Answer ask(Server server) {
      return page(server, "library/commits", "ref", ref, "path", path);
    }

    @Override
    void rows(Json answer, Screen screen) {
      screen.table(
          List.of("COMMIT", "AT", "AUTHOR", "SUBJECT"),
          answer.rows().stream().map(ScriptOrders::line).toList());
    }
  }

  @Command(name = "diff", description = "What a commit changed.")
  static final class Diff extends Order {
    @Parameters(paramLabel = "COMMIT")
    String commit = "";

    @Override
    Server.Answer ask(Server server) {
      return server.get("library/commits/" + Server.encode(commit));
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.table(
          List.of("COMMIT", "AT", "AUTHOR", "SUBJECT"), List.of(line(answer.get("commit"))));
      diff(answer.get("diff"), screen);
    }
  }

  @Command(name = "blame", description = "Which commit last changed each line.")
  static final class Blame extends At {
    @Parameters(paramLabel = "PATH")
    String path = "";

    @Override
    Server.Answer ask(Server server) {
      return server.get("library/blame", "ref", ref, "path", path);
    }

    @Override
    void show(Json answer, Screen screen) {
      for (Json piece : answer.get("pieces").items())
        for (Json text : piece.get("lines").items())
          screen.line(
              "%-10s %s  %s"
                  .formatted(
                      shortly(piece.at("commit.id")),
                      piece.at("commit.author").text(),
                      text.text()));
    }
  }

  @Command(name = "changes", description = "Branches that wait for review.")
  static final class Changes extends Order {
    @Override
    Server.Answer ask(Server server) {
      return server.get("library/changes");
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.table(
          List.of("BRANCH", "TIP", "COMMITS", "PUSHED BY", "SUBJECT"),
          answer.rows().stream()
              .map(c ->
                  List.of(
                      c.get("branch").text(),
                      shortly(c.get("tip")),
                      c.get("ahead").text(),
                      c.get("movers").text(),
                      c.get("subject").text()))
              .toList());
    }
  }

  @Command(name = "change", description = "An open change: its commits, its diff, who may merge.")
  static final class Change extends Order {
    @Parameters(paramLabel = "BRANCH")
    String branch = "";

    @Override
    Server.Answer ask(Server server) {
      return server.get("library/change", "branch", branch);
    }

    @Override
    void show(Json answer, Screen screen) {
      Map<String, String> facts = new LinkedHashMap<>();
      facts.put("branch", answer.at("change.branch").text());
      facts.put("tip", answer.at("change.tip").text());
      facts.put("movers", answer.at("change.movers").text());
      facts.put("may_merge", answer.get("may_merge").text());
      facts.put("why", answer.get("why").text());
      screen.facts(facts);
      screen.line("");
      screen.table(
          List.of("COMMIT", "AT", "AUTHOR", "SUBJECT"),
          answer.get("commits").items().stream().map(ScriptOrders::line).toList());
      diff(answer.get("diff"), screen);
    }
  }

  @Command(name = "merge", description = "Moves main by an open change that you have looked at.")
  static final class Merge extends Order {
    @Parameters(paramLabel = "BRANCH")
    String branch = "";

    @Parameters(
        paramLabel = "TIP",
        index = "1",
        description = "The commit that you looked at, in full, as 'script change' shows it.")
    String tip = "";

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "Goes past the review (administrators); stands in the audit record.")
    String reason = "";

    @Override
    Server.Answer ask(Server server) {
      return server.post("library/merge", Map.of("branch", branch, "tip", tip, "reason", reason));
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.line(
          Words.say("已合并 %s：main 现在是 %s", "Merged %s: main is now %s")
              .formatted(answer.get("branch").text(), answer.get("commit").text()));
    }
  }
}
