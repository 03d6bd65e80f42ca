package io.fettle.cmdb;

import io.fettle.cmdb.Claims.Source;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Front door: who says each value of a machine, since when, and who says otherwise. */
public interface Provenance {
  /** Every value by facet and path; empty for an unknown machine. Cut to viewers by the caller. */
  List<Witness> of(AssetId machine);

  /** Whether the word may still be trusted. */
  enum Age {
    FRESH,
    STALE
  }

  /**
   * A value that is seen.
   *
   * @param path dotted path within the facet, e.g. {@code bmc.nic_mode}
   * @param facetLabel what people call the facet
   * @param label what people call the value
   * @param since when the source first said this
   * @param confirmedAt when the source said it last
   * @param others who else spoke of it; winners' equals included
   */
  record Witness(
      String facet,
      String path,
      Label facetLabel,
      Label label,
      JsonNode value,
      Source source,
      Instant since,
      Instant confirmedAt,
      Age age,
      List<Other> others) {
    public Witness {
      others = List.copyOf(others);
    }

    /** True when a fresh word of another source differs. */
    public boolean drifts() {
      return others.stream().anyMatch(o -> o.differs() && o.age() == Age.FRESH);
    }
  }

  /**
   * A claim that is not seen.
   *
   * @param differs says another value than the one seen
   */
  record Other(
      JsonNode value,
      Source source,
      Instant since,
      Instant confirmedAt,
      Age age,
      boolean differs) {}
}
