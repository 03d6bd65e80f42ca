package io.fettle.cmdb;

import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The one write path of the register: sources claim facets of machines that exist. */
public interface Claims {
  /**
   * Records what is said; the visible value is computed from all claims. Many at once cost little
   * more than one: what belongs together comes together.
   *
   * @return one outcome per item, in order
   */
  List<Outcome> claim(List<Claim> items, Actor actor);

  /** Who says a value. */
  record Source(String name, Type type) {
    /** Kinds of source; authority policies speak of these. */
    public enum Type {
      REGISTER,
      INTENT,
      BMC,
      HOST,
      MANUAL
    }
  }

  /**
   * What a source says of one machine.
   *
   * @param facets facet name to document; a facet not named is not claimed
   */
  record Claim(Source source, AssetId machine, Map<String, JsonNode> facets, Instant observedAt) {}

  /** What became of one claim. */
  enum Outcome {
    CHANGED,
    CONFIRMED,
    OUTDATED,
    REFUSED
  }
}
