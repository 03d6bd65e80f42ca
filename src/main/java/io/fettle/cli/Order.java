package io.fettle.cli;

import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** One command: asks the server and shows the answer, as one JSON document or for a person. */
abstract class Order implements Callable<Integer> {
  @Option(names = "--json", description = "One JSON document on standard output, nothing else.")
  boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true)
  boolean help;

  @Option(
      names = "--server",
      paramLabel = "URL",
      description =
          "Another server than this machine's (or FETTLE_URL); its token in FETTLE_TOKEN.")
  @Nullable String server;

  /** Where FETTLE_HOME, FETTLE_URL and FETTLE_TOKEN are read. */
  Map<String, String> environment = System.getenv();

  @Override
  public Integer call() {
    Server.Answer answer = ask(Server.find(server, environment));
    PrintStream out = System.out;
    if (json) {
      out.write(answer.body(), 0, answer.body().length);
      out.println();
    } else {
      show(answer.json(), terminal());
    }
    out.flush();
    return exit(answer);
  }

  /** For what is said before the answer is there; never with {@code --json}. */
  static Screen terminal() {
    return Screen.ofTerminal(System.out, System.getenv());
  }

  abstract Server.Answer ask(Server server);

  abstract void show(Json answer, Screen screen);

  /** 0 unless the answer itself says that something failed. */
  int exit(Server.Answer answer) {
    return 0;
  }
}
