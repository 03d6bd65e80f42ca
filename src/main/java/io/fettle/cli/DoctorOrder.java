package io.fettle.cli;

import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "doctor", description = "Audit chain, settings, disk, database, clock, packages.")
final class DoctorOrder extends Order {
  @Override
  Server.Answer ask(Server server) {
    return server.get("doctor");
  }

  @Override
  void show(Json answer, Screen screen) {
    screen.table(
        List.of("PART", "OK", "WHY"),
        answer.get("parts").items().stream()
            .map(part ->
                List.of(
                    part.get("name").text(),
                    part.get("ok").isTrue() ? "yes" : "NO",
                    part.get("why").text()))
            .toList());
  }

  /** A finding is a failure, so that a script can ask. */
  @Override
  int exit(Server.Answer answer) {
    return answer.json().get("parts").items().stream().allMatch(p -> p.get("ok").isTrue()) ? 0 : 1;
  }
}
