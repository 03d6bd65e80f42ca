package io.fettle.fault;

/**
 * States of a fault (see monitoring.md section 4.2, kept in docs/rooms/fault.md). CLOSED is final.
 */
public enum FaultState {
  SUSPECT,
  CONFIRMED,
  HELD,
  STALE,
  PLANNED,
  AWAITING,
  RUNNING,
  VERIFYING,
  UNCERTAIN,
  ESCALATED,
  FIELD,
  RECOVERED,
  CLOSED
}
