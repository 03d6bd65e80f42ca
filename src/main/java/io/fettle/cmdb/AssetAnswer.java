package io.fettle.cmdb;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fettle.kernel.AssetId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One machine as the API tells it; what is not known is left out.
 *
 * @param version the ETag's number
 * @param facets what is seen now, by facet
 * @param provenance by {@code /facet/path}, who says it; only where it was asked for
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record AssetAnswer(
    String id,
    @Nullable String assetNo,
    @Nullable String type,
    @Nullable String lifecycle,
    long version,
    Map<String, JsonNode> facets,
    @Nullable Map<String, Said> provenance) {

  /**
   * Who says a value that is seen.
   *
   * @param state fresh, stale …
   * @param drift what other sources say
   */
  record Said(
      String source,
      String type,
      Instant observedAt,
      Instant confirmedAt,
      String state,
      List<Other> drift) {}

  /** What another source says. */
  record Other(
      @Nullable JsonNode value,
      String source,
      String type,
      Instant confirmedAt,
      String state,
      boolean differs) {}

  static AssetAnswer of(MachineDoc machine, Catalogue catalogue, @Nullable Provenance provenance) {
    Map<String, JsonNode> facets = new LinkedHashMap<>();
    machine.doc().properties().stream()
        .filter(e -> catalogue.facet(e.getKey()).isPresent())
        .forEach(e -> facets.put(e.getKey(), e.getValue()));
    return new AssetAnswer(
        machine.id().toString(),
        machine.text("asset_no").orElse(null),
        machine.text("type").orElse(null),
        machine.text("lifecycle").orElse(null),
        machine.version(),
        facets,
        provenance == null ? null : said(provenance, machine.id()));
  }

  private static Map<String, Said> said(Provenance provenance, AssetId machine) {
    Map<String, Said> said = new LinkedHashMap<>();
    for (Provenance.Witness w : provenance.of(machine))
      said.put(
          "/" + w.facet() + "/" + w.path().replace('.', '/'),
          new Said(
              w.source().name(),
              word(w.source().type()),
              w.since(),
              w.confirmedAt(),
              word(w.age()),
              w.others().stream().map(AssetAnswer::other).toList()));
    return said;
  }

  private static Other other(Provenance.Other o) {
    return new Other(
        o.value(),
        o.source().name(),
        word(o.source().type()),
        o.confirmedAt(),
        word(o.age()),
        o.differs());
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
