package io.fettle.remediation;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/** How long something of an attempt may leave. */
final class SendTime {
  private static final Logger LOG = LoggerFactory.getLogger(SendTime.class);

  private final Desk desk;
  private final Rows.Run run;
  private final Rows.Attempt attempt;
  private final long start = System.nanoTime();

  SendTime(Desk desk, Rows.Run run, Rows.Attempt attempt) {
    this.desk = desk;
    this.run = run;
    this.attempt = attempt;
  }

  /** The first change has the lease's time. */
  boolean begins() {
    return within(Duration.ZERO);
  }

  /**
   * What follows the first, a file's renaming after its transfer say, belongs to what is at work
   * then: it has the whole time limit, as long as the machine is still this node's.
   */
  boolean goesOn() {
    return begins() || within(attempt.timeLimit()) && isOurs();
  }

  /** By both clocks: one stands still with the machine, the other is set by people. */
  private boolean within(Duration longer) {
    Duration lease = desk.settings().lease().plus(longer);
    return System.nanoTime() - start < lease.toNanos()
        && desk.now().isBefore(attempt.sendBefore().plus(longer));
  }

  /** Also false when the database does not say. */
  private boolean isOurs() {
    try {
      return desk.leases()
          .lease(run.machine())
          .filter(l -> l.fence() == run.fence() && l.holder().equals(desk.node()))
          .isPresent();
    } catch (DataAccessException e) {
      LOG.warn("run={} nothing more leaves: {}", run.id(), e.toString());
      return false;
    }
  }
}
