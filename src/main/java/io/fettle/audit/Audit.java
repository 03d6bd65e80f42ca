package io.fettle.audit;

import io.fettle.kernel.Actor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Front door of the audit record. */
public interface Audit {
  /**
   * Writes one row inside the caller's transaction, so that the deed and its record are one.
   *
   * @param action past tense with its room, e.g. {@code policy.mode_changed}, {@code token.created}
   * @param object what it was done to, e.g. {@code policy:bmc-nic-dedicated}, {@code machine:A0001}
   * @param reason the person's words; null where none is asked for
   * @param details facts worth keeping (old, new, counts); never a secret
   */
  void record(
      Actor who, String action, String object, @Nullable String reason, Map<String, ?> details);
}
