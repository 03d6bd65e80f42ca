package io.fettle.remediation;

import io.fettle.cmdb.Query;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * When and how far to act on one fault class; read from one YAML file.
 *
 * @param revision digest of the file it was read from; stamped on every decision
 * @param file where it was read from, for messages
 */
record Policy(
    String name,
    Label label,
    String faultClass,
    Severity minSeverity,
    Query where,
    List<Rung> ladder,
    Duration maxAge,
    Proof verify,
    List<Budget> budgets,
    BreakerRule breaker,
    Duration escalateAfter,
    String revision,
    String file) {
  Policy {
    ladder = List.copyOf(ladder);
    budgets = List.copyOf(budgets);
  }

  /** One rung of the ladder: a runbook, how often, and how long to wait after it failed. */
  record Rung(String runbook, int attempts, Duration cooldown) {}

  /** How a repair is proven. */
  record Proof(Duration settle, int ok, Duration deadline) {
    /** Time between two looks. */
    Duration gap() {
      Duration half = settle.dividedBy(2);
      if (half.compareTo(Duration.ofSeconds(1)) < 0) return Duration.ofSeconds(1);
      return half.compareTo(Duration.ofSeconds(30)) > 0 ? Duration.ofSeconds(30) : half;
    }
  }

  /** What a budget counts over. */
  enum Scope {
    POLICY,
    RACK,
    GLOBAL
  }

  /** So many at once and, where given, so many within a window. */
  record Budget(Scope scope, int concurrent, Optional<Rate> per) {}

  /** At most {@code count} within {@code window}. */
  record Rate(int count, Duration window) {}

  /** When repairs of this policy stop because they do not work. */
  record BreakerRule(int window, int verifyFail, int relapse, Duration cooldown) {}

  /**
   * The place on the ladder after this many runs: rung 0 {@code attempts} times, then rung 1, and
   * so on; empty when it is used up.
   */
  Optional<Integer> rungAt(int position) {
    int left = position;
    for (int i = 0; i < ladder.size(); i++) {
      if (left < ladder.get(i).attempts()) return Optional.of(i);
      left -= ladder.get(i).attempts();
    }
    return Optional.empty();
  }

  /** First position of the rung after the one at this position. */
  int afterRungAt(int position) {
    int start = 0;
    for (Rung rung : ladder) {
      start += rung.attempts();
      if (position < start) return start;
    }
    return start;
  }
}
