package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Front door: what changed about a machine, for its timeline. */
public interface History {
  /** Newest first; at most 1000. Cut to viewers by the caller. */
  List<Entry> of(AssetId machine, int limit);

  /**
   * One value that changed, or the registration of the machine.
   *
   * @param facet empty for the registration; {@code now} is then the whole document
   * @param path dotted path within the facet
   * @param old null when there was no value
   * @param now null when there is none any more
   * @param observedAt when the source saw it; {@code at} is when it was recorded
   */
  record Entry(
      Instant at,
      String facet,
      String path,
      Label label,
      @Nullable JsonNode old,
      @Nullable JsonNode now,
      String source,
      String actor,
      @Nullable String reason,
      Instant observedAt) {
    /** True for the entry with which the machine came into the register. */
    public boolean registration() {
      return facet.isEmpty();
    }
  }
}
