package io.fettle.cli;

import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Begins a backup or a verification and waits until it has ended, with a bar for a person. */
final class BackupWait {
  private static final int WIDTH = 24;
  private static final long PAUSE_MILLIS = 400;

  private BackupWait() {}

  static Server.Answer begin(Server server, String path, Map<String, ?> wish, boolean quiet) {
    Json begun = server.post(path, wish).json();
    long number = begun.get("number").number();
    boolean moving = !quiet && System.console() != null && System.console().isTerminal();
    while (true) {
      Server.Answer answer = server.get("backups/work");
      Json work = answer.json();
      if (moving) draw(work);
      boolean ended = !work.get("state").text().equals("RUNNING");
      if (ended || work.get("number").number() != number) {
        if (moving) System.err.print("\r\u001b[K");
        if (work.get("state").text().equals("FAILED"))
          throw Refused.because(work.get("why").text());
        return answer;
      }
      pause();
    }
  }

  private static void draw(Json work) {
    long total = work.get("total").number();
    long done = Math.min(total, work.get("done").number());
    int full = total == 0 ? 0 : (int) (WIDTH * done / total);
    System.err.print(
        "\r\u001b[K  [%s%s] %s  %s"
            .formatted(
                "#".repeat(full),
                ".".repeat(WIDTH - full),
                total == 0 ? "" : (100 * done / total) + " %",
                Words.safe(work.get("step").text())));
    System.err.flush();
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refused.because("interrupted; the work goes on");
    }
  }
}
