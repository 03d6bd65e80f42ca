package io.fettle.fault;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why an edge is taken; becomes the story's entry.
 *
 * @param details facts of the decision: policy and revision, budgets, probes …
 * @param heldFor reason of a hold (edges 6 and 14 to HELD); null otherwise
 * @param rung the ladder's rung from now on; null to leave it
 * @param notBefore see {@link Fault}; null clears it
 * @param deadlineAt deadline of the new state; null lets the fault room choose
 * @param fixedBy for edges into RECOVERED: run, self, human or field; null otherwise
 */
public record Cause(
    Actor actor,
    Label why,
    Map<String, Object> details,
    @Nullable String heldFor,
    @Nullable Integer rung,
    @Nullable Instant notBefore,
    @Nullable Instant deadlineAt,
    @Nullable String fixedBy) {
  /** A cause with nothing but words and facts. */
  public static Cause of(Actor actor, Label why, Map<String, Object> details) {
    return new Cause(actor, why, details, null, null, null, null, null);
  }
}
