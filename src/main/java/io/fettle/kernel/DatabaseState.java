package io.fettle.kernel;

/**
 * May anything new be begun? Actions fail closed: whoever is about to act on a machine asks first.
 */
public interface DatabaseState {
  /** True while the database takes writes and its disk has room; seconds old at most. */
  boolean up();

  /**
   * True while the database answers at all, though perhaps only for reading; seconds old at most.
   */
  boolean answers();

  /** Why not, or what was looked at while it is up. */
  Label why();
}
