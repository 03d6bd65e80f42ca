package io.fettle.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "credential",
    description = "Credentials for machines.",
    subcommands = CredentialOrders.Add.class)
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

    @Override
    Server.Answer ask(Server server) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("kind", kind);
      body.put("name", name);
      body.put("user", user);
      body.put("for", query);
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
      screen.line(Words.say("已保存凭据 ", "Stored the credential ") + name);
      Outline.of(answer, screen);
    }
  }
}
