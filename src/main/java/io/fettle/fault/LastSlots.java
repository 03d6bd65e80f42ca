package io.fettle.fault;

import io.fettle.fault.Standing.BindingKey;
import io.fettle.kernel.HashedLongs;

/**
 * The newest slot accepted of each healthy binding: a late BAD must not open a suspect when a newer
 * OK is known. Not thread-safe.
 */
final class LastSlots {
  private final HashedLongs slots = new HashedLongs();

  /** The newest slot known; 0 when none is. */
  long of(BindingKey key) {
    return slots.of(hash(key));
  }

  void put(BindingKey key, long slot) {
    long hash = hash(key);
    slots.put(hash, Math.max(slots.of(hash), slot));
  }

  int size() {
    return slots.size();
  }

  private static long hash(BindingKey key) {
    return HashedLongs.hash(key.machine().value(), key.check(), key.component());
  }
}
