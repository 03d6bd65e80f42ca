package io.fettle.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "mirror",
    description = "Copies of the script library elsewhere.",
    subcommands = {MirrorOrders.Listing.class, MirrorOrders.Put.class, MirrorOrders.Remove.class})
final class MirrorOrders {
  @Command(name = "list", description = "Where the copies are and how far behind.")
  static final class Listing extends Order {
    @Override
    Server.Answer ask(Server server) {
      return server.get("library/mirrors");
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.table(
          List.of("NAME", "WHERE", "DONE", "BEHIND SINCE", "FAILURES", "WHY"),
          answer.rows().stream()
              .map(m ->
                  List.of(
                      m.get("name").text(),
                      m.get("url").text(),
                      Times.shortly(m.get("done_at").text()),
                      Times.shortly(m.get("behind_since").text()),
                      m.get("failures").text(),
                      m.get("error").text()))
              .toList());
    }
  }

  @Command(name = "put", description = "Adds a mirror, or gives one another address or secret.")
  static final class Put extends Order {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Parameters(
        paramLabel = "URL",
        index = "1",
        description = "ssh, https, file, rsync or rsync+ssh; never with a password in it.")
    String url = "";

    @Option(
        names = "--secret-file",
        paramLabel = "FILE",
        description = "Private key, token or password; - reads standard input.")
    @Nullable Path secret;

    @Override
    Server.Answer ask(Server server) {
      String path = "library/mirrors/" + Server.encode(name);
      server.put(path, Map.of("url", url, "secret", secret == null ? "" : secret(secret)));
      return Server.Answer.of(Map.of("name", name, "url", url));
    }

    private static String secret(Path from) {
      Path file = from.toString().equals("-") ? Path.of("/dev/stdin") : from;
      return Server.text(file).stripTrailing();
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.line(
          Words.say("已设置镜像 %s", "The mirror %s is set").formatted(answer.get("name").text()));
    }
  }

  @Command(name = "remove", description = "Ends a mirror; what is there stays there.")
  static final class Remove extends Order {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Override
    Server.Answer ask(Server server) {
      server.delete("library/mirrors/" + Server.encode(name));
      return Server.Answer.of(Map.of("removed", name));
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.line(
          Words.say("不再更新镜像 ", "No longer kept: the mirror ") + answer.get("removed").text());
    }
  }
}
