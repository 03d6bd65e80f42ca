package io.fettle.cmdb;

import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Page;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Front door: keys that do not fit together, for a person to decide. Nothing is merged by itself.
 */
public interface Conflicts {
  /** Open ones, last seen first. */
  Page<Conflict> open(@Nullable String cursor, int limit);

  /** How many are open. */
  long count();

  /**
   * Closes a conflict after a person mended its cause (in the file, or on the machine); the same
   * contradiction again opens a new one.
   *
   * @throws io.fettle.kernel.Problem 404 when there is no such open conflict, 422 without a reason
   */
  void reject(UUID id, String reason, Actor actor);

  /**
   * A conflict.
   *
   * @param type contradiction or ambiguous
   * @param keys what was presented, e.g. {@code serial:2WF88P2}
   * @param claim the document that was not taken; empty for a disputed key
   * @param explain how the match was tried, step by step
   * @param seen how often
   */
  record Conflict(
      UUID id,
      String type,
      List<String> keys,
      List<AssetId> candidates,
      JsonNode claim,
      List<String> explain,
      int seen,
      Instant firstSeen,
      Instant lastSeen) {}
}
