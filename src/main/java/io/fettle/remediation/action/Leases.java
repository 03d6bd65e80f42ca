package io.fettle.remediation.action;

import io.fettle.kernel.AssetId;
import java.time.Duration;
import java.time.Instant;

/**
 * Acting on a machine outside any run, e.g. because a person asks for it: the same lease keeps runs
 * away, the same freeze and the same want of room in the database forbid it.
 */
public interface Leases {
  /**
   * Takes the machine's lease until it is closed; should this process die, it ends by itself.
   *
   * @param timeLimit upper bound of what is begun before {@link Lease#sendBefore()}
   * @param record writes down what is about to be done, in the transaction that takes the lease
   * @throws io.fettle.kernel.Problem 409 while frozen, while the database takes no writes or is
   *     short of room, or while another run has the machine; then nothing was written down
   */
  Lease take(AssetId machine, Duration timeLimit, Runnable record);

  /** A machine's lease, held. */
  interface Lease extends AutoCloseable {
    /** Nothing may be begun after this. */
    Instant sendBefore();

    @Override
    void close();
  }
}
