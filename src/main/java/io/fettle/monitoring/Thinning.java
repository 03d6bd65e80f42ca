package io.fettle.monitoring;

import io.fettle.kernel.HashedLongs;
import io.fettle.kernel.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Which observations are worth a row: every change of a verdict, and a heartbeat in between. Only
 * the history is thinned; the fold sees every observation. Not thread-safe.
 */
final class Thinning {
  private static final Duration OK_AGAIN = Duration.ofHours(1);
  private static final Duration OTHER_AGAIN = Duration.ofMinutes(5);

  /** Then it forgets all, which costs one row more for each. */
  private static final int MOST = 1 << 23;

  /** When the last row of a binding's component was written in ms, and its verdict in two bits. */
  private final HashedLongs rows = new HashedLongs();

  List<Observation> worthARow(List<Observation> observations) {
    List<Observation> worth = new ArrayList<>();
    for (Observation observation : observations)
      if (isWorthARow(observation)) worth.add(observation);
    return worth;
  }

  private boolean isWorthARow(Observation observation) {
    Verdict verdict = observation.reading().verdict();
    long at = observation.observedAt().toEpochMilli();
    long hash =
        HashedLongs.hash(
            observation.machine().value(), observation.check(), observation.reading().component());
    long last = rows.of(hash);
    boolean same = last != 0 && (last & 3) == verdict.ordinal();
    Duration again = verdict == Verdict.OK ? OK_AGAIN : OTHER_AGAIN;
    if (same && at - (last >>> 2) < again.toMillis()) return false;
    if (rows.size() >= MOST) rows.clear();
    rows.put(hash, at << 2 | verdict.ordinal());
    return true;
  }
}
