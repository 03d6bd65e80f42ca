package io.fettle.cli;

import picocli.CommandLine.Option;

/** How a job is followed to its end. */
final class Following {
  @Option(
      names = {"-f", "--fold"},
      description = "Equal outputs once, when it has ended, instead of every line as it comes.")
  boolean fold;

  /**
   * Returns when the job has ended or waits for a person.
   *
   * @param json true to say nothing
   */
  Server.Answer toTheEnd(Server server, String id, boolean json) {
    if (json) return new Follow(server, null, false).toTheEnd(id);
    Screen screen = Order.terminal();
    Server.Answer job = new Follow(server, screen, !fold).toTheEnd(id);
    if (fold) JobTelling.folds(server.get("jobs/" + Server.encode(id) + "/folds").json(), screen);
    return job;
  }
}
