package io.fettle.fault;

import io.fettle.fault.Standing.BindingKey;

/**
 * The newest slot accepted of each healthy binding, 16 bytes each at a load of at most one half: a
 * late BAD must not open a suspect when a newer OK is known. Not thread-safe.
 */
final class LastSlots {
  private long[] table = new long[2 * 1024];
  private int used;

  /** The newest slot known; 0 when none is. */
  long of(BindingKey key) {
    return table[index(table, hash(key)) + 1];
  }

  void put(BindingKey key, long slot) {
    long hash = hash(key);
    int at = index(table, hash);
    if (table[at] == 0) {
      table[at] = hash;
      used++;
    }
    table[at + 1] = Math.max(table[at + 1], slot);
    if (used * 4 > table.length) grow();
  }

  int size() {
    return used;
  }

  private void grow() {
    long[] larger = new long[table.length * 2];
    for (int i = 0; i < table.length; i += 2) {
      if (table[i] == 0) continue;
      int at = index(larger, table[i]);
      larger[at] = table[i];
      larger[at + 1] = table[i + 1];
    }
    table = larger;
  }

  private static int index(long[] table, long hash) {
    int mask = table.length / 2 - 1;
    int at = (int) (hash ^ hash >>> 32) & mask;
    while (table[at * 2] != 0 && table[at * 2] != hash) at = at + 1 & mask;
    return at * 2;
  }

  private static long hash(BindingKey key) {
    long h = key.machine().value().getMostSignificantBits();
    h = mix(h ^ mix(key.machine().value().getLeastSignificantBits()));
    h = mix(h + key.check().hashCode() * 0x9E3779B97F4A7C15L);
    h = mix(h ^ key.component().hashCode());
    return h == 0 ? 1 : h;
  }

  private static long mix(long h) {
    h = (h ^ h >>> 30) * 0xBF58476D1CE4E5B9L;
    h = (h ^ h >>> 27) * 0x94D049BB133111EBL;
    return h ^ h >>> 31;
  }
}
