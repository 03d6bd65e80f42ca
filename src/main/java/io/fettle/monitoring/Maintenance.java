package io.fettle.monitoring;

import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Front door of maintenance windows and silences. A window suppresses actions, a silence notices;
 * neither changes what is observed.
 */
public interface Maintenance {
  /**
   * Declares a window over all machines a query matches.
   *
   * @param query CMDB query; an unbounded one is refused
   * @throws io.fettle.kernel.Problem 422 when the query, the times or the reason cannot be accepted
   */
  Window declare(Kind kind, String query, Instant from, Instant until, String reason, Actor actor);

  /** Declares a window over one machine. */
  Window declare(
      Kind kind, AssetId machine, Instant from, Instant until, String reason, Actor actor);

  /** Ends a window now; it stays in the record. Empty when there is no such open window. */
  Optional<Window> end(long id, Actor actor);

  /** Windows not over yet, the next to end first; at most 500. */
  List<Window> open();

  /** The window that covers this machine now; empty when none does. */
  Optional<Window> covering(Kind kind, AssetId machine);

  /** What a window suppresses. */
  enum Kind {
    MAINTENANCE,
    SILENCE
  }

  /**
   * A stretch of time.
   *
   * @param query the CMDB query; null for a window over one machine
   * @param machine the one machine; null for a window by query
   */
  record Window(
      long id,
      Kind kind,
      @Nullable String query,
      @Nullable AssetId machine,
      Instant from,
      Instant until,
      String reason,
      String by) {}
}
