package io.fettle.audit;

import java.util.Optional;

/**
 * Which rows to read; what is empty does not narrow.
 *
 * @param actor exact name of a person or token
 * @param action an action ({@code policy.mode_changed}) or the start of one ({@code policy.})
 * @param object exact, e.g. {@code machine:A0001}
 */
public record AuditFilter(
    Optional<String> actor, Optional<String> action, Optional<String> object) {
  /** Every row. */
  public static final AuditFilter ALL =
      new AuditFilter(Optional.empty(), Optional.empty(), Optional.empty());
}
