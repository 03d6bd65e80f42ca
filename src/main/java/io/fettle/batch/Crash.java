package io.fettle.batch;

/**
 * The numbered points of the way an item takes, at which a process may die. In production nothing
 * happens here; a test stops everything and starts a new engine on the same database.
 */
interface Crash {
  /** A place between two writes, or between a write and the wire. */
  enum Point {
    BEFORE_START,
    INSIDE_START,
    AFTER_START,
    BEFORE_SEND,
    AFTER_SEND,
    INSIDE_END,
    AFTER_END,
    BETWEEN_STEPS,
    INSIDE_FINISH
  }

  /** Passes a point. */
  void at(Point point);

  /** Nothing happens anywhere. */
  static Crash none() {
    return point -> {};
  }
}
