package io.fettle.remediation;

import io.fettle.kernel.Actor;

/** How far each policy acts: what a person set, else where every policy starts. */
final class Modes {
  private final PolicyTable table;
  private final Remediation.Mode start;

  /**
   * @param lab true only in the lab, where policies start in auto; on a real fleet they start in
   *     observe
   */
  Modes(PolicyTable table, boolean lab) {
    this.table = table;
    this.start = lab ? Remediation.Mode.AUTO : Remediation.Mode.OBSERVE;
  }

  Remediation.Mode of(String policy) {
    return table.mode(policy).map(PolicyTable.ModeRow::mode).orElse(start);
  }

  /** Who set the mode; Fettle itself where nobody did. */
  Actor raisedBy(String policy) {
    return table
        .mode(policy)
        .map(row -> Actor.parse(row.changedBy()))
        .orElseGet(() -> Desk.actor(policy));
  }
}
