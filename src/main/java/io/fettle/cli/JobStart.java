package io.fettle.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that starts a job and follows it to its end, or with {@code --detach} does not. */
abstract class JobStart extends Order {
  @Option(names = "--detach", description = "Starts it and does not follow.")
  boolean detach;

  @Mixin Following following = new Following();

  /** What a job that was started comes to. */
  final Server.Answer followed(Server server, Server.Answer started) {
    String job = started.json().get("id").text();
    return detach ? started : following.toTheEnd(server, job, json);
  }

  @Override
  void show(Json job, Screen screen) {
    if (detach) screen.line(JobTelling.comeBack(job.get("id").text()));
    else JobTelling.end(job, screen);
  }

  @Override
  int exit(Server.Answer answer) {
    return detach || JobTelling.allWell(answer.json()) ? 0 : 1;
  }
}
