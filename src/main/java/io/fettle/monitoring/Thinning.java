package io.fettle.monitoring;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.check.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Which observations are worth a row. The history keeps runs: all that a check said of a machine is
 * kept when a component, a verdict or a severity is another than before, when the words of what is
 * not OK are others (now and then), and at a heartbeat. The newest rows of a check, all of one
 * moment, are therefore what it says now. Each machine has its heartbeats at a moment of its own,
 * so that they are spread over the day.
 *
 * <p>Only the history is thinned; the fold sees every observation. What was kept is remembered of a
 * million machines at most, and read again from the history of one that is not.
 */
@Component
final class Thinning {
  /** What is not OK is kept as often at least, unless heartbeats come more often. */
  private static final Duration NOT_OK = Duration.ofHours(1);

  /** Words with figures in them change at each visit. */
  private static final Duration WORDS = Duration.ofMinutes(5);

  private static final int MOST = 1 << 20;

  private final ObservationTable table;
  private final Duration heartbeat;
  private final Duration reach;
  private final Map<String, Integer> checks = new HashMap<>();
  private final Map<AssetId, Kept> machines =
      new LinkedHashMap<>(1_024, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<AssetId, Kept> eldest) {
          return size() > MOST;
        }
      };

  /** Of one machine, by number of check: the newest rows as {@link #packed}, and the last look. */
  private static final class Kept {
    private long[] rows = {};
    private int[] seen = {};

    void room(int check) {
      if (check < rows.length) return;
      rows = Arrays.copyOf(rows, check + 1);
      seen = Arrays.copyOf(seen, check + 1);
    }
  }

  Thinning(ObservationTable table, MonitoringSettings settings) {
    this.table = table;
    this.heartbeat = settings.heartbeat();
    this.reach = settings.reach();
  }

  /** Reads what the history has of these machines, unless it is remembered. */
  void recall(List<Observation> observations) {
    if (observations.isEmpty()) return;
    Set<AssetId> strange = strange(observations);
    if (strange.isEmpty()) return;
    Instant now =
        observations.stream()
            .map(Observation::observedAt)
            .reduce(Instant.MIN, (a, b) -> a.isAfter(b) ? a : b);
    Map<AssetId, Kept> found = new HashMap<>();
    table.newest(
        strange,
        now.minus(reach),
        (machine, check, at, said) -> {
          Kept kept = found.computeIfAbsent(machine, _ -> new Kept());
          int number = number(check);
          kept.room(number);
          kept.rows[number] = packed(at, Fingerprint.of(said));
        });
    synchronized (this) {
      for (AssetId machine : strange)
        machines.putIfAbsent(machine, found.getOrDefault(machine, new Kept()));
    }
  }

  private synchronized Set<AssetId> strange(List<Observation> observations) {
    return observations.stream()
        .map(Observation::machine)
        .filter(machine -> !machines.containsKey(machine))
        .collect(Collectors.toSet());
  }

  /** Those worth a row, remembered as kept. */
  synchronized List<Observation> worthARow(List<Observation> observations) {
    List<Observation> worth = new ArrayList<>();
    for (List<Observation> said : Observation.byCheckAndSlot(observations)) {
      Observation first = said.getFirst();
      Kept kept = kept(first);
      int check = number(first.check());
      int now = Fingerprint.of(said.stream().map(Observation::reading).toList());
      kept.seen[check] = seconds(first.observedAt());
      long last = kept.rows[check];
      if (last != 0 && !isDue(first, last, now)) continue;
      boolean isNews = last == 0 || (int) last != now;
      for (Observation one : said) worth.add(isNews ? one : one.heartbeat());
      kept.rows[check] = packed(first.observedAt(), now);
    }
    return worth;
  }

  /** Remembers what was kept without being asked for. */
  synchronized void wrote(List<Observation> observations) {
    for (List<Observation> said : Observation.byCheckAndSlot(observations)) {
      Observation first = said.getFirst();
      Kept kept = kept(first);
      int check = number(first.check());
      kept.seen[check] = seconds(first.observedAt());
      kept.rows[check] =
          packed(
              first.observedAt(), Fingerprint.of(said.stream().map(Observation::reading).toList()));
    }
  }

  /** When each check last said something of this machine, as far as this start knows. */
  synchronized Map<String, Instant> seen(AssetId machine) {
    @Nullable Kept kept = machines.get(machine);
    if (kept == null) return Map.of();
    Map<String, Instant> seen = new HashMap<>();
    checks.forEach((check, number) -> {
      if (number < kept.seen.length && kept.seen[number] != 0)
        seen.put(check, Instant.ofEpochSecond(Integer.toUnsignedLong(kept.seen[number])));
    });
    return seen;
  }

  private Kept kept(Observation observation) {
    Kept kept = machines.computeIfAbsent(observation.machine(), _ -> new Kept());
    kept.room(number(observation.check()));
    return kept;
  }

  private boolean isDue(Observation first, long last, int now) {
    int was = (int) last;
    if (!Fingerprint.sameState(was, now)) return true;
    long at = first.observedAt().getEpochSecond();
    long before = last >>> 32;
    if (was != now && at - before >= WORDS.toSeconds()) return true;
    long every = Fingerprint.isOk(now) ? heartbeat.toSeconds() : notOk().toSeconds();
    long phase = Schedule.phaseOf(first.machine()) % every;
    return Math.floorDiv(at + phase, every) != Math.floorDiv(before + phase, every);
  }

  private Duration notOk() {
    return heartbeat.compareTo(NOT_OK) < 0 ? heartbeat : NOT_OK;
  }

  private synchronized int number(String check) {
    return checks.computeIfAbsent(check, _ -> checks.size());
  }

  private static long packed(Instant at, int fingerprint) {
    return at.getEpochSecond() << 32 | Integer.toUnsignedLong(fingerprint);
  }

  private static int seconds(Instant at) {
    return (int) at.getEpochSecond();
  }

  /** What a check said of a machine at one moment, in 32 bits; the order of components is none. */
  static final class Fingerprint {
    private static final int WORD_BITS = 12;

    private Fingerprint() {}

    static int of(List<Reading> said) {
      int state = 0;
      int words = 0;
      boolean ok = true;
      for (Reading reading : said) {
        int of = mix(reading.component().hashCode());
        state += mix(of + reading.verdict().ordinal() * 31 + reading.severity().ordinal());
        if (reading.verdict() == Verdict.OK) continue;
        ok = false;
        words +=
            mix(of ^ reading.summary().zh().hashCode() * 31 + reading.summary().en().hashCode());
      }
      return (ok ? 1 << 31 : 0) | state >>> 13 << WORD_BITS | words >>> 32 - WORD_BITS;
    }

    static boolean isOk(int fingerprint) {
      return fingerprint < 0;
    }

    static boolean sameState(int a, int b) {
      return (a ^ b) >>> WORD_BITS == 0;
    }

    private static int mix(int h) {
      h = (h ^ h >>> 16) * 0x85ebca6b;
      h = (h ^ h >>> 13) * 0xc2b2ae35;
      return h ^ h >>> 16;
    }
  }
}
