package io.fettle.remediation.action;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The same leases as {@link Leases}, for work on many machines: those that are free are taken in
 * one statement, the others are simply not in the answer.
 */
public interface BulkLeases {
  /**
   * Why nothing may be begun on any machine now: the global freeze, or a database that takes no
   * writes or is short of room. Empty when it may.
   */
  Optional<Label> barred();

  /**
   * Takes the free ones of these machines, inside the caller's transaction, which also writes down
   * what is about to be done. A freeze committed before is seen.
   *
   * @param until when a lease ends by itself should this process die: later than the last moment at
   *     which anything begun under it can still be at work
   * @return the fence of each lease taken; empty while {@link #barred}
   */
  Map<AssetId, Long> take(Collection<AssetId> machines, Instant until);

  /** Gives back those that still have this fence. */
  void end(Map<AssetId, Long> fences);

  /** Those of these machines that a run or another holder has now. */
  Set<AssetId> taken(Collection<AssetId> machines);
}
