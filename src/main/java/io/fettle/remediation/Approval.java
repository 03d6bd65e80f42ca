package io.fettle.remediation;

import java.time.Duration;
import java.time.Instant;

/**
 * A person's word that a suggested plan may run.
 *
 * @param plan digest of exactly what was shown to them
 * @param by who, with their kind
 */
record Approval(String plan, String by, Instant at) {
  /** Long enough to wait for a turn, too short to surprise anybody the next day. */
  static final Duration LASTS = Duration.ofHours(1);
}
