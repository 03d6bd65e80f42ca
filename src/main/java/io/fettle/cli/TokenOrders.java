package io.fettle.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "token", description = "API tokens.", subcommands = TokenOrders.Create.class)
final class TokenOrders {
  @Command(name = "create", description = "Makes a token and shows it this once.")
  static final class Create extends Order {
    @Option(names = "--name", required = true)
    String name = "";

    @Option(names = "--role", required = true, paramLabel = "administrator|operator|owner|auditor")
    String role = "";

    @Option(
        names = "--expires",
        paramLabel = "30d",
        description = "Days, an ISO period (P90D) or an instant; default 90 days.")
    String expires = "";

    @Option(
        names = "--team",
        paramLabel = "TEAM",
        description = "Whose machines it may see; more than once for several. For role owner.")
    List<String> teams = List.of();

    @Override
    Server.Answer ask(Server server) {
      return server.post(
          "tokens", Map.of("name", name, "role", role, "expires", days(expires), "teams", teams));
    }

    /** The server reads bare days; people write 30d. */
    private static String days(String expires) {
      return expires.matches("[0-9]{1,5}d") ? expires.substring(0, expires.length() - 1) : expires;
    }

    @Override
    void show(Json answer, Screen screen) {
      Outline.of(answer, screen);
    }
  }
}
