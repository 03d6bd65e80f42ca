package io.fettle.remediation.action;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The same leases as {@link Leases}, for work on many machines: those that are free, and for which
 * the budget has room, are taken in one statement.
 */
public interface BulkLeases {
  /** The budget that a lease counts in for as long as it lasts. */
  enum Budget {
    /** Only looks: counted nowhere. */
    NONE,
    /** Whatever a person has written: a budget of its own, apart from that of repairs. */
    COMMANDS,
    /** Changes machines as a repair does, out of the same budget, of which it has a share. */
    CHANGES
  }

  /**
   * What was taken.
   *
   * @param fences of each lease taken
   * @param busy machines that a run or another holder has
   * @param waits which budget has no room for the rest; empty when nothing waits for one
   */
  record Taken(Map<AssetId, Long> fences, Set<AssetId> busy, Optional<Label> waits) {
    public Taken {
      fences = Map.copyOf(fences);
      busy = Set.copyOf(busy);
    }
  }

  /**
   * Why nothing may be begun on any machine now: the global freeze, or a database that takes no
   * writes or is short of room. Empty when it may.
   */
  Optional<Label> barred();

  /**
   * Takes those of these machines, in this order, that are free and that the budget has room for,
   * inside the caller's transaction, which also writes down what is about to be done. A freeze
   * committed before is seen. A place in the budget ends with the lease, whatever becomes of this
   * process.
   *
   * @param until when a lease ends by itself should this process die: later than the last moment at
   *     which anything begun under it can still be at work
   * @return nothing at all while {@link #barred}
   */
  Taken take(List<AssetId> machines, Budget budget, Instant until);

  /** Gives back those that still have this fence. */
  void end(Map<AssetId, Long> fences);

  /** Those of these machines that a run or another holder has now. */
  Set<AssetId> taken(Collection<AssetId> machines);
}
