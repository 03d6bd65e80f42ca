package io.fettle.audit;

import java.util.Optional;

/**
 * What a verification of the chain found.
 *
 * @param batches links whose rows and hash agree, from the first
 * @param rows rows they cover
 * @param head hash of the last good link in hex, empty when there is none; note it elsewhere to
 *     detect a chain that was replaced as a whole
 * @param unsealed rows written but not sealed yet (normally those of the last second)
 * @param strays unsealed rows that are older than the sealer's place: slipped in by hand; not
 *     looked for once a link is broken
 * @param broken the first link that does not agree; empty when all do
 */
public record AuditProof(
    long batches, long rows, String head, long unsealed, long strays, Optional<Break> broken) {
  /** The first link that does not agree, and how, in English for an operator. */
  public record Break(long batch, String why) {}

  /** True when nothing was changed, removed or slipped in. */
  public boolean intact() {
    return broken.isEmpty() && strays == 0;
  }
}
