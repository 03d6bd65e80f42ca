package io.fettle.monitoring;

import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Front door of maintenance windows: stretches of time in which no action starts on a machine. */
public interface Maintenance {
  /**
   * Declares a window over all machines a query matches.
   *
   * @param query CMDB query; an unbounded one is refused
   * @throws io.fettle.kernel.Problem 422 when the query, the times or the reason cannot be
   *     accepted; 409 when too many windows by query are open already
   */
  Window declare(String query, Instant from, Instant until, String reason, Actor actor);

  /** Declares a window over one machine. */
  Window declare(AssetId machine, Instant from, Instant until, String reason, Actor actor);

  /** Ends a window now; it stays in the record. Empty when there is no such open window. */
  Optional<Window> end(long id, Actor actor);

  /** Windows not over yet, the next to end first; at most 500. */
  List<Window> open();

  /** The window that covers this machine now; empty when none does. */
  default Optional<Window> covering(AssetId machine) {
    return Optional.ofNullable(covering(Set.of(machine)).get(machine));
  }

  /** Those of these machines that a window covers now, with it. */
  Map<AssetId, Window> covering(Collection<AssetId> machines);

  /**
   * A stretch of time.
   *
   * @param query the CMDB query; null for a window over one machine
   * @param machine the one machine; null for a window by query
   */
  record Window(
      long id,
      @Nullable String query,
      @Nullable AssetId machine,
      Instant from,
      Instant until,
      String reason,
      String by) {}
}
