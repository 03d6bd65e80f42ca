package io.fettle.fault;

/** An edge that a fault is to take from exactly this version of its row. */
record Step(Fault from, Edge edge, FaultState to, Cause cause) {
  static Step of(Fault from, Edge edge, FaultState to, Cause cause) {
    if (!FaultGraph.allows(edge, from.state(), to))
      throw new IllegalStateException(
          "fault graph has no "
              + edge
              + " from "
              + from.state()
              + " to "
              + to
              + " ("
              + from.id()
              + ")");
    return new Step(from, edge, to, cause);
  }

  /** True when the fault is confirmed by this, not merely released or seen again. */
  boolean confirms() {
    boolean seenBefore = from.state() == FaultState.STALE && from.confirmedAt() != null;
    return to == FaultState.CONFIRMED && from.state() != FaultState.HELD && !seenBefore;
  }

  boolean relapses() {
    return from.state() == FaultState.RECOVERED && to == FaultState.CONFIRMED;
  }
}
