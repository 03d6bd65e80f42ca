package io.fettle.remediation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The breaker of each policy as it stands now, computed from how its runs ended. */
final class Fuse {
  private final PolicyTable table;

  Fuse(PolicyTable table) {
    this.table = table;
  }

  /** Where the breaker stands, and why it is open. */
  record State(Breaker.Gate gate, Optional<String> why) {}

  /**
   * Looks at the latest outcomes, opens or closes the breaker accordingly and says whether a run
   * may start. Nothing depends on an event: the same outcomes always give the same state.
   */
  State look(Policy policy, Instant now) {
    var row =
        table
            .breaker(policy.name())
            .orElse(new PolicyTable.BreakerRow(false, null, Instant.EPOCH, Instant.EPOCH));
    List<Breaker.Ended> ended =
        table.ended(policy.name(), row.countedFrom(), policy.breaker().window());
    row = row.open() ? afterTrial(policy, row, ended) : afterFailures(policy, row, ended, now);
    int inFlight = row.open() ? table.active(policy.name()) : 0;
    Breaker.Gate gate = Breaker.gate(policy.breaker(), row.open(), row.changedAt(), inFlight, now);
    return new State(
        gate, gate == Breaker.Gate.OPEN ? Optional.ofNullable(row.why()) : Optional.empty());
  }

  private PolicyTable.BreakerRow afterFailures(
      Policy policy, PolicyTable.BreakerRow row, List<Breaker.Ended> ended, Instant now) {
    Optional<String> why = Breaker.opens(policy.breaker(), ended);
    if (why.isEmpty()) return row;
    return set(policy, true, why.get(), now, row.countedFrom());
  }

  private PolicyTable.BreakerRow afterTrial(
      Policy policy, PolicyTable.BreakerRow row, List<Breaker.Ended> ended) {
    Optional<Breaker.Ended> trial =
        ended.stream().filter(e -> e.trial() && e.at().isAfter(row.changedAt())).findFirst();
    if (trial.isEmpty()) return row;
    Instant at = trial.get().at();
    if (trial.get().verified()) return set(policy, false, null, at, at);
    return set(policy, true, "trial not verified", at, row.countedFrom());
  }

  private PolicyTable.BreakerRow set(
      Policy policy,
      boolean open,
      @org.jspecify.annotations.Nullable String why,
      Instant at,
      Instant from) {
    table.setBreaker(policy.name(), open, why, at, from);
    return new PolicyTable.BreakerRow(open, why, at, from);
  }
}
