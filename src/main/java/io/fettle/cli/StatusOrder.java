package io.fettle.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

@Command(name = "status", description = "Is it ready, what does it know, is each part healthy?")
final class StatusOrder extends Order {
  @Override
  Server.Answer ask(Server server) {
    return server.get("status");
  }

  @Override
  void show(Json status, Screen screen) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("version", status.get("version").text());
    facts.put("ready", status.get("ready").isTrue() ? "yes" : "no");
    facts.put("machines", status.get("machines").text());
    facts.put("faults", counts(status.get("faults"), "none"));
    facts.put("repairs", counts(status.get("repairs"), "none"));
    facts.put("open tickets", status.at("tickets.open").text());
    screen.facts(facts);
    Json health = status.get("health");
    screen.line("");
    screen.table(
        List.of("HEALTH", "OK", "WHY"),
        health.names().stream()
            .map(part ->
                List.of(
                    part,
                    health.get(part).get("ok").isTrue() ? "yes" : "NO",
                    health.get(part).get("why").text()))
            .toList());
  }

  private static String counts(Json counts, String none) {
    String text =
        counts.names().stream()
            .filter(name -> counts.get(name).number() > 0)
            .map(name -> name.toLowerCase(java.util.Locale.ROOT) + " " + counts.get(name).text())
            .collect(Collectors.joining(", "));
    return text.isEmpty() ? none : text;
  }
}
