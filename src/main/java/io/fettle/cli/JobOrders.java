package io.fettle.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "job",
    description = "One job: how far it is, and what comes until it ends.",
    subcommands = {
      JobOrders.Listing.class,
      JobOrders.Stop.class,
      JobOrders.GoOn.class,
      JobOrders.Approve.class,
      JobOrders.Reject.class,
      JobOrders.Rerun.class,
      JobOrders.Undo.class,
      JobOrders.Output.class,
      JobOrders.Fetched.class,
      SavedOrders.Save.class,
      SavedOrders.Saved.class,
      SavedOrders.Start.class,
      SavedOrders.Agree.class,
      SavedOrders.Forget.class
    })
final class JobOrders extends Order {
  @Parameters(arity = "0..1", paramLabel = "ID", description = "J-5.")
  String id = "";

  @Mixin Following following = new Following();

  @Override
  Server.Answer ask(Server server) {
    if (id.isEmpty())
      throw Refused.because(
          Words.say(
              "请给出作业：./fettle job J-5，或 job list", "give a job: ./fettle job J-5, or job list"));
    Server.Answer job = server.get(path(id));
    boolean going = Set.of("RUNNING", "STOPPING").contains(job.json().get("state").text());
    return going && !json ? following.toTheEnd(server, id, false) : job;
  }

  private static String path(String id) {
    return "jobs/" + Server.encode(id);
  }

  @Override
  void show(Json job, Screen screen) {
    Map<String, String> facts = new LinkedHashMap<>();
    for (String name : List.of("id", "kind", "body", "query", "reason", "by", "approved_by"))
      facts.put(name, job.get(name).text());
    screen.facts(facts);
    JobTelling.end(job, screen);
  }

  @Override
  int exit(Server.Answer answer) {
    return JobTelling.allWell(answer.json()) ? 0 : 1;
  }

  @Command(name = "list", description = "All jobs, newest first.")
  static final class Listing extends PageOrder {
    @Option(names = "--open", description = "Only those that have not ended.")
    boolean open;

    @Override
    Server.Answer ask(Server server) {
      return page(server, "jobs", "open", open ? "true" : "");
    }

    @Override
    void rows(Json page, Screen screen) {
      screen.table(
          List.of("ID", "STATE", "DONE", "FAILED", "BY", "STARTED", "WHAT"),
          page.rows().stream()
              .map(j ->
                  List.of(
                      j.get("id").text(),
                      j.get("state").text(),
                      j.get("ended").text() + "/" + j.get("machines").text(),
                      j.get("failures").text(),
                      j.get("by").text(),
                      Times.shortly(j.get("created_at").text()),
                      j.get("body").text().lines().findFirst().orElse("")))
              .toList());
    }
  }

  /** A word on a job, answered by the job. */
  abstract static class Deed extends Order {
    @Parameters(paramLabel = "ID")
    String id = "";

    @Override
    void show(Json job, Screen screen) {
      JobTelling.end(job, screen);
    }
  }

  @Command(name = "stop", description = "Begins nothing more; what was begun comes to its end.")
  static final class Stop extends Deed {
    @Override
    Server.Answer ask(Server server) {
      return server.post(path(id) + "/stop", Map.of());
    }
  }

  @Command(name = "continue", description = "The next step, or on in spite of failures.")
  static final class GoOn extends Deed {
    @Override
    Server.Answer ask(Server server) {
      return server.post(path(id) + "/continue", Map.of());
    }
  }

  @Command(name = "approve", description = "Agrees, as a second person, to something dangerous.")
  static final class Approve extends Deed {
    @Override
    Server.Answer ask(Server server) {
      return server.post(path(id) + "/approve", Map.of());
    }
  }

  @Command(name = "reject", description = "Calls it off before anything was sent.")
  static final class Reject extends Deed {
    @Option(names = "--reason", paramLabel = "TEXT")
    String reason = "";

    @Override
    Server.Answer ask(Server server) {
      return server.post(path(id) + "/reject", Map.of("reason", reason));
    }
  }

  @Command(
      name = "rerun",
      description = "A new job on the machines on which surely nothing ran, or on those named.")
  static final class Rerun extends JobStart {
    @Parameters(paramLabel = "ID")
    String id = "";

    @Option(
        names = "--only",
        paramLabel = "VERDICT",
        split = ",",
        description = "Exactly those that ended so, e.g. killed, exit, unknown.")
    List<String> only = List.of();

    @Option(
        names = "--limit",
        paramLabel = "TIME",
        description = "On each machine, e.g. 5m; without it the same as before.")
    String limit = "";

    @Option(names = "--reason", paramLabel = "TEXT")
    String reason = "";

    @Override
    Server.Answer ask(Server server) {
      var again = Map.of("verdicts", only, "reason", reason, "limit", limit);
      return followed(server, server.post(path(id) + "/rerun", again));
    }
  }

  @Command(
      name = "undo",
      description =
          "A new job that puts back what this one's action changed, on just those machines.")
  static final class Undo extends JobStart {
    @Parameters(paramLabel = "ID")
    String id = "";

    @Option(names = "--reason", paramLabel = "TEXT")
    String reason = "";

    @Override
    Server.Answer ask(Server server) {
      return followed(server, server.post(path(id) + "/undo", Map.of("reason", reason)));
    }
  }

  @Command(
      name = "files",
      description = "What it fetched; with --into brought here, to DIR/MACHINE/NAME.")
  static final class Fetched extends PageOrder {
    @Parameters(paramLabel = "ID")
    String id = "";

    @Option(names = "--into", paramLabel = "DIR", description = "Brings them here.")
    @Nullable Path into;

    @Override
    Server.Answer ask(Server server) {
      Server.Answer page = page(server, path(id) + "/files");
      if (into == null) return page;
      return Server.Answer.of(Map.of("files", Fetching.all(server, id, into, json)));
    }

    @Override
    void rows(Json page, Screen screen) {
      if (into != null) return;
      screen.table(
          List.of("MACHINE", "PATH", "BYTES", "SHA256"),
          page.rows().stream()
              .map(f ->
                  List.of(
                      f.get("name").text(),
                      f.get("path").text(),
                      f.get("size").text(),
                      f.get("sha256").text()))
              .toList());
    }
  }

  @Command(name = "output", description = "Equal outputs once; --lines: every line of everybody.")
  static final class Output extends Order {
    @Parameters(paramLabel = "ID")
    String id = "";

    @Option(names = "--lines", description = "Every line of every machine: 'name: text'.")
    boolean lines;

    @Override
    Server.Answer ask(Server server) {
      if (lines && !json) {
        Screen screen = terminal();
        server.plain(path(id) + "/output", screen::line);
        return Server.Answer.of(Map.of());
      }
      return server.get(path(id) + "/folds");
    }

    @Override
    void show(Json folds, Screen screen) {
      if (!lines) JobTelling.folds(folds, screen);
    }
  }
}
