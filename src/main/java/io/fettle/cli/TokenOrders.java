package io.fettle.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "token",
    description = "API tokens.",
    subcommands = {TokenOrders.Create.class, TokenOrders.Listing.class, TokenOrders.Revoke.class})
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

  @Command(
      name = "list",
      description = "Tokens that are not revoked: an administrator's list has all, else the own.")
  static final class Listing extends PageOrder {
    @Override
    Server.Answer ask(Server server) {
      return page(server, "tokens");
    }

    @Override
    void rows(Json answer, Screen screen) {
      screen.table(
          List.of("ID", "NAME", "ROLE", "TEAMS", "MADE BY", "EXPIRES", "LAST USED"),
          answer.rows().stream()
              .map(t ->
                  List.of(
                      t.get("id").text(),
                      t.get("name").text(),
                      t.get("role").text(),
                      t.get("teams").text(),
                      t.get("created_by").text(),
                      t.get("expires_at").text(),
                      t.get("last_used_at").text()))
              .toList());
    }
  }

  @Command(name = "revoke", description = "Ends a token at once.")
  static final class Revoke extends Order {
    @Parameters(paramLabel = "ID", description = "As 'token list' shows it.")
    String id = "";

    @Override
    Server.Answer ask(Server server) {
      server.delete("tokens/" + Server.encode(id));
      return Server.Answer.of(Map.of("revoked", id));
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.line(Words.say("已吊销令牌 ", "Revoked the token ") + answer.get("revoked").text());
    }
  }
}
