package io.fettle.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "find", description = "From any key to the machine, or to the candidates.")
final class FindOrder extends Order {
  /** The server gives no more candidates than these; a longer list would help nobody. */
  private static final int MOST = 50;

  @Parameters(paramLabel = "KEY")
  String key = "";

  @Override
  Server.Answer ask(Server server) {
    return server.get("resolve", "q", key);
  }

  @Override
  void show(Json answer, Screen screen) {
    List<Json> hits = answer.get("hits").items();
    if (hits.isEmpty()) {
      screen.line(Words.say("没有机器有这个标识：", "No machine has this key: ") + key);
      return;
    }
    screen.table(
        List.of("ASSET", "BY", "MATCHED"),
        hits.stream()
            .map(hit ->
                List.of(
                    hit.get("asset_no").text(), hit.get("key").text(), hit.get("matched").text()))
            .toList());
    if (hits.size() >= MOST)
      screen.line(
          Words.say("只列出前 50 台；请多写一些", "These are the first 50; give more of the key for fewer."));
  }

  @Override
  int exit(Server.Answer answer) {
    return answer.json().get("hits").items().isEmpty() ? 1 : 0;
  }
}
