package io.fettle.kernel;

import java.util.UUID;

/**
 * Numbers by a 64-bit hash, without their keys: 16 bytes each at a load of at most one half, for
 * what is kept of millions of bindings. Two keys of one hash are taken for one (less than one pair
 * in a million among 5 million). Not thread-safe.
 */
public final class HashedLongs {
  private static final int FIRST = 2 * 1024;

  private long[] table = new long[FIRST];
  private int used;

  /** Of one thing about one component of a machine; never 0. */
  public static long hash(UUID machine, String what, String component) {
    long h = mix(machine.getMostSignificantBits() ^ mix(machine.getLeastSignificantBits()));
    h = mix(h + what.hashCode() * 0x9E3779B97F4A7C15L);
    h = mix(h ^ component.hashCode());
    return h == 0 ? 1 : h;
  }

  /** What was put last; 0 when nothing was. */
  public long of(long hash) {
    return table[index(table, hash) + 1];
  }

  public void put(long hash, long value) {
    int at = index(table, hash);
    if (table[at] == 0) {
      table[at] = hash;
      used++;
    }
    table[at + 1] = value;
    if (used * 4 > table.length) grow();
  }

  public int size() {
    return used;
  }

  /** Forgets all. */
  public void clear() {
    table = new long[FIRST];
    used = 0;
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

  private static long mix(long h) {
    h = (h ^ h >>> 30) * 0xBF58476D1CE4E5B9L;
    h = (h ^ h >>> 27) * 0x94D049BB133111EBL;
    return h ^ h >>> 31;
  }
}
