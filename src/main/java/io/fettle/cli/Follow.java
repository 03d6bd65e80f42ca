package io.fettle.cli;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Follows a job: its lines as they come and, on a terminal, how far it is. The job does not need
 * whoever follows: Ctrl-C leaves it at work, and a server that went away is asked again.
 */
final class Follow {
  private static final int TRIES = 60;

  private final Server server;
  private final @Nullable Screen screen;
  private final boolean lines;
  private final Progress progress = new Progress();
  private String last = "0";
  private String waits = "";

  /**
   * @param screen null to say nothing
   * @param lines false to show only how far it is
   */
  Follow(Server server, @Nullable Screen screen, boolean lines) {
    this.server = server;
    this.screen = screen;
    this.lines = lines;
  }

  /** Returns when it has ended or waits for a person; the job as it is then. */
  Server.Answer toTheEnd(String id) {
    Thread leaving =
        new Thread(() -> {
          progress.clear();
          System.err.println(JobTelling.comeBack(id));
        });
    if (screen != null) Runtime.getRuntime().addShutdownHook(leaving);
    listen(id);
    progress.clear();
    if (screen != null) Runtime.getRuntime().removeShutdownHook(leaving);
    return server.get("jobs/" + Server.encode(id));
  }

  private void listen(String id) {
    String path = "jobs/" + Server.encode(id) + "/events";
    for (int i = 0; ; i++) {
      try {
        server.events(path, this::hear, "after", last);
        if (!isUnderWay(server.get("jobs/" + Server.encode(id)).json())) return;
      } catch (Unreachable e) {
        if (i >= TRIES) throw e;
        pause(e);
      }
    }
  }

  private static boolean isUnderWay(Json job) {
    String state = job.get("state").text();
    return state.equals("RUNNING") || state.equals("STOPPING");
  }

  private static void pause(Unreachable e) {
    try {
      TimeUnit.SECONDS.sleep(2);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw e;
    }
  }

  private void hear(Json line) {
    Json event = line.get("event");
    Json job = line.get("job");
    if (!event.isAbsent()) last = event.get("id").text();
    if (screen == null) return;
    if (lines && !event.isAbsent()) say(event, screen);
    if (!job.isAbsent()) show(job, screen);
  }

  private void show(Json job, Screen screen) {
    String now = job.get("waits").text();
    if (!now.isEmpty() && !now.equals(waits)) {
      progress.clear();
      screen.line(now);
    }
    waits = now;
    progress.show(job);
  }

  private void say(Json event, Screen screen) {
    progress.clear();
    String name = event.get("machine").text() + ": ";
    if (event.get("kind").text().equals("END")) {
      String verdict = JobTelling.verdict(event);
      if (!verdict.isEmpty()) screen.line(name + verdict);
    } else JobTelling.lines(event.get("text").text()).forEach(text -> screen.line(name + text));
  }
}
