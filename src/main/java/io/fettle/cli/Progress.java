package io.fettle.cli;

import java.io.PrintStream;

/** One line on the terminal that says how far a job is; nothing where there is no terminal. */
final class Progress {
  private static final int WIDTH = 24;

  private final PrintStream out = System.err;
  private final boolean shown = System.console() != null && System.console().isTerminal();
  private int length;

  synchronized void show(Json job) {
    if (!shown) return;
    long all = Math.max(1, job.get("machines").number());
    long ended = job.get("ended").number();
    int done = (int) (WIDTH * ended / all);
    String text =
        "["
            + "#".repeat(Math.min(WIDTH, done))
            + "-".repeat(WIDTH - Math.min(WIDTH, done))
            + "] "
            + ended
            + "/"
            + all
            + Words.say(" 步骤 ", " step ")
            + job.get("step").text()
            + "/"
            + job.get("steps").items().size()
            + Words.say(" 失败 ", " failed ")
            + job.get("failures").text();
    clear();
    out.print(text);
    out.flush();
    length = Words.width(text);
  }

  synchronized void clear() {
    if (length == 0) return;
    out.print("\r" + " ".repeat(length) + "\r");
    out.flush();
    length = 0;
  }
}
