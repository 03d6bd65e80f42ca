package io.fettle.monitoring;

import io.fettle.kernel.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Which observations are worth a row: every change of a verdict, and a heartbeat in between. Only
 * the history is thinned; the fold sees every observation. 16 bytes per binding and component at a
 * load of at most one half. Not thread-safe.
 */
final class Thinning {
  private static final Duration OK_AGAIN = Duration.ofHours(1);
  private static final Duration OTHER_AGAIN = Duration.ofMinutes(5);
  private static final int MOST = 1 << 25;

  private long[] table = new long[2 * 1024];
  private int used;

  List<Observation> worthARow(List<Observation> observations) {
    List<Observation> rows = new ArrayList<>();
    for (Observation observation : observations)
      if (isWorthARow(observation)) rows.add(observation);
    return rows;
  }

  private boolean isWorthARow(Observation observation) {
    Verdict verdict = observation.reading().verdict();
    long at = observation.observedAt().toEpochMilli();
    int index = index(table, hash(observation));
    long last = table[index + 1];
    boolean known = table[index] != 0;
    boolean same = known && (last & 3) == verdict.ordinal();
    Duration again = verdict == Verdict.OK ? OK_AGAIN : OTHER_AGAIN;
    if (same && at - (last >>> 2) < again.toMillis()) return false;
    put(index, hash(observation), at << 2 | verdict.ordinal());
    return true;
  }

  private void put(int index, long hash, long value) {
    if (table[index] == 0) {
      table[index] = hash;
      used++;
    }
    table[index + 1] = value;
    if (used * 4 <= table.length) return;
    if (table.length >= MOST) {
      table = new long[2 * 1024];
      used = 0;
      return;
    }
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

  private static long hash(Observation observation) {
    long h = observation.machine().value().getMostSignificantBits();
    h = mix(h ^ mix(observation.machine().value().getLeastSignificantBits()));
    h = mix(h + observation.check().hashCode() * 0x9E3779B97F4A7C15L);
    h = mix(h ^ observation.reading().component().hashCode());
    return h == 0 ? 1 : h;
  }

  private static long mix(long h) {
    h = (h ^ h >>> 30) * 0xBF58476D1CE4E5B9L;
    h = (h ^ h >>> 27) * 0x94D049BB133111EBL;
    return h ^ h >>> 31;
  }
}
