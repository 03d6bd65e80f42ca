package io.fettle.cmdb;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Which line of a file first showed a key: 12 bytes a key, so that a million rows fit. */
final class SeenKeys {
  private long[] hashes = new long[1 << 12];
  private int[] lines = new int[1 << 12];
  private int size;

  /** The line that showed it first; this one when it is new. */
  int first(String key, int line) {
    if (size * 2 >= hashes.length) grow();
    long hash = hash(key);
    int at = slot(hash);
    if (lines[at] != 0) return lines[at];
    hashes[at] = hash;
    lines[at] = line;
    size++;
    return line;
  }

  private int slot(long hash) {
    int mask = hashes.length - 1;
    int at = (int) (hash ^ hash >>> 32) & mask;
    while (lines[at] != 0 && hashes[at] != hash) at = at + 1 & mask;
    return at;
  }

  private void grow() {
    long[] oldHashes = hashes;
    int[] oldLines = lines;
    hashes = new long[oldHashes.length * 2];
    lines = Arrays.copyOf(new int[0], hashes.length);
    for (int i = 0; i < oldHashes.length; i++) {
      if (oldLines[i] == 0) continue;
      int at = slot(oldHashes[i]);
      hashes[at] = oldHashes[i];
      lines[at] = oldLines[i];
    }
  }

  /** FNV-1a, 64 bits: among a million keys a collision is a matter of one in ten million files. */
  private static long hash(String key) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) hash = (hash ^ b & 255) * 0x100000001b3L;
    return hash ^ hash >>> 29;
  }
}
