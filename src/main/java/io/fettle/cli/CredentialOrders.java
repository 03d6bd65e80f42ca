package io.fettle.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "credential",
    description = "Credentials for machines.",
    subcommands = {
      CredentialOrders.Add.class,
      CredentialOrders.Listing.class,
      CredentialOrders.Remove.class
    })
final class CredentialOrders {
  @Command(name = "add", description = "Stores a credential; the secret comes on standard input.")
  static final class Add extends Order {
    private static final int LONGEST = 64 * 1024;

    @Option(names = "--kind", required = true, paramLabel = "ssh-key|ssh-password|bmc")
    String kind = "";

    @Option(names = "--name", required = true)
    String name = "";

    @Option(names = "--user", required = true)
    String user = "";

    @Option(names = "--for", required = true, paramLabel = "QUERY")
    String query = "";

    @Option(
        names = "--priority",
        paramLabel = "N",
        description =
            "Of several that match a machine the highest goes first, among equals the newest;"
                + " default 0.")
    int priority;

    @Override
    Server.Answer ask(Server server) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("kind", kind);
      body.put("name", name);
      body.put("user", user);
      body.put("for", query);
      body.put("priority", priority);
      body.put("secret", secret());
      return server.post("credentials", body);
    }

    /** A key keeps its line ends; a password typed with Enter does not. */
    private String secret() {
      if (System.console() != null && System.console().isTerminal()) {
        System.err.print(Words.say("密钥或口令（以 Ctrl-D 结束）：\n", "Secret, then Ctrl-D:\n"));
        System.err.flush();
      }
      try {
        byte[] bytes = System.in.readNBytes(LONGEST);
        String text = new String(bytes, StandardCharsets.UTF_8);
        String secret = kind.equals("ssh-key") ? text : text.replaceFirst("\\r?\\n\\z", "");
        if (secret.isEmpty())
          throw Refused.because(
              Words.say("标准输入里没有密钥或口令", "no secret on standard input; pipe it in, e.g. < key.pem"));
        return secret;
      } catch (IOException e) {
        throw Refused.because("cannot read standard input (" + e.getMessage() + ")");
      }
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.line(
          Words.say("已保存凭据 %s，匹配 %s 台机器", "Stored the credential %s; it matches %s machines")
              .formatted(name, answer.get("machines").text()));
      for (Json other : answer.get("overlaps").items())
        screen.line(
            (other.get("wins").text().equals("true")
                    ? Words.say(
                        "  其中 %s 台先用它，不再用 %s（--priority 可改）",
                        "  it goes first on %s of them, before %s (--priority changes that)")
                    : Words.say(
                        "  其中 %s 台仍先用 %s（--priority 可改）",
                        "  on %s of them %s still goes first (--priority changes that)"))
                .formatted(other.get("machines").text(), other.get("credential").text()));
    }
  }

  @Command(name = "list", description = "Credentials without their secrets, and for what they are.")
  static final class Listing extends Order {
    @Override
    Server.Answer ask(Server server) {
      return server.get("credentials");
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.table(
          List.of("NAME", "KIND", "USER", "PRIORITY", "FOR"),
          answer.items().stream()
              .map(c ->
                  List.of(
                      c.get("name").text(),
                      c.get("kind").text(),
                      c.get("user").text(),
                      c.get("priority").text(),
                      c.get("for").text()))
              .toList());
    }
  }

  @Command(name = "remove", description = "Forgets a credential.")
  static final class Remove extends Order {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Override
    Server.Answer ask(Server server) {
      server.delete("credentials/" + Server.encode(name));
      return Server.Answer.of(Map.of("removed", name));
    }

    @Override
    void show(Json answer, Screen screen) {
      screen.line(Words.say("已删除凭据 ", "Removed the credential ") + answer.get("removed").text());
    }
  }
}
