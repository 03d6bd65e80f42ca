package io.fettle.remediation;

import io.fettle.remediation.Remediation.RepairCounts;
import java.time.Duration;
import java.time.Instant;

/**
 * Counts runs without reading all of them each time: what ended some time ago does not change any
 * more and is kept as a sum.
 */
final class Tally {
  /** Longer than any transaction: no run with a lower number can still appear. */
  private static final Duration SETTLED = Duration.ofMinutes(10);

  private final RunTable runs;
  private RepairCounts sum = new RepairCounts(0, 0, 0);
  private long upTo;

  Tally(RunTable runs) {
    this.runs = runs;
  }

  synchronized RepairCounts now(Instant now) {
    long next = runs.settled(upTo, now.minus(SETTLED));
    if (next > upTo) sum = plus(sum, runs.counts(upTo, next));
    upTo = Math.max(upTo, next);
    return plus(sum, runs.counts(upTo, Long.MAX_VALUE));
  }

  private static RepairCounts plus(RepairCounts a, RepairCounts b) {
    return new RepairCounts(
        a.done() + b.done(), a.failed() + b.failed(), a.uncertain() + b.uncertain());
  }
}
