package io.fettle.remediation;

/**
 * The numbered points of the way an action takes, at which a process may die. In production nothing
 * happens here; a test throws and starts a new engine on the same database.
 */
interface Crash {
  /** A place between two writes, or between a write and the wire. */
  enum Point {
    BEFORE_DECISION,
    AFTER_DECISION,
    BEFORE_START,
    INSIDE_START,
    AFTER_START,
    INSIDE_ATTEMPT,
    BEFORE_SEND,
    AFTER_SEND,
    INSIDE_RESULT,
    AFTER_RESULT,
    AFTER_EDGE,
    BEFORE_TAKE_OVER,
    IN_DOUBT,
    AFTER_DOUBT,
    IN_VERIFICATION,
    INSIDE_PROOF,
    AFTER_PROOF
  }

  /** Passes a point. */
  void at(Point point);

  /** Nothing happens anywhere. */
  static Crash none() {
    return point -> {};
  }
}
