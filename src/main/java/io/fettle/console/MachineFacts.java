package io.fettle.console;

import io.fettle.cmdb.Claims.Source;
import io.fettle.cmdb.Provenance.Age;
import io.fettle.cmdb.Provenance.Other;
import io.fettle.cmdb.Provenance.Witness;
import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Everything known of a machine, cut into cards, each value with its witness. Pure. */
public final class MachineFacts {
  private static final List<String> ORDER =
      List.of("net", "bmc", "register", "os", "placement", "ownership", "intent", "asset");
  private static final Set<String> COPIED =
      Set.of("address", "ip", "ips", "mac", "macs", "serial", "asset_no", "hostname", "uuid");

  private MachineFacts() {}

  /** A part of the record. */
  public record Card(String facet, Label label, List<Line> lines) {}

  /** One value with who says it; {@code others} are those who spoke of it too. */
  public record Line(
      String path,
      Label label,
      String value,
      boolean copy,
      Source source,
      Instant confirmedAt,
      boolean stale,
      List<Voice> others,
      boolean drifts) {}

  /** Another source's word. */
  public record Voice(
      String value, Source source, Instant confirmedAt, boolean stale, boolean differs) {}

  public static List<Card> cards(List<Witness> witnesses) {
    Map<String, List<Witness>> byFacet =
        witnesses.stream()
            .collect(
                Collectors.groupingBy(Witness::facet, LinkedHashMap::new, Collectors.toList()));
    List<String> facets = new ArrayList<>(ORDER);
    byFacet.keySet().stream().filter(f -> !ORDER.contains(f)).forEach(facets::add);
    List<Card> cards = new ArrayList<>();
    for (String facet : facets) {
      List<Witness> of = byFacet.getOrDefault(facet, List.of());
      if (of.isEmpty()) continue;
      cards.add(
          new Card(
              facet, of.getFirst().facetLabel(), of.stream().map(MachineFacts::line).toList()));
    }
    return cards;
  }

  /** Values about which fresh sources disagree. */
  public static List<Line> drifts(List<Card> cards) {
    return cards.stream().flatMap(c -> c.lines().stream()).filter(Line::drifts).toList();
  }

  private static Line line(Witness w) {
    String last = w.path().substring(w.path().lastIndexOf('.') + 1);
    return new Line(
        w.path(),
        w.label(),
        shown(w.value()),
        COPIED.contains(last),
        w.source(),
        w.confirmedAt(),
        w.age() == Age.STALE,
        w.others().stream().map(MachineFacts::voice).toList(),
        w.drifts());
  }

  private static Voice voice(Other other) {
    return new Voice(
        shown(other.value()),
        other.source(),
        other.confirmedAt(),
        other.age() == Age.STALE,
        other.differs());
  }

  /** A value as a person reads it. */
  static String shown(JsonNode value) {
    if (value.isString()) return value.asString();
    if (value.isArray()) {
      List<String> parts = new ArrayList<>();
      value.forEach(item -> parts.add(shown(item)));
      return String.join(", ", parts);
    }
    if (value.isObject())
      return value.properties().stream()
          .map(e -> e.getKey() + "=" + shown(e.getValue()))
          .collect(Collectors.joining(" "));
    return value.toString();
  }
}
