package io.fettle.console;

import io.fettle.kernel.Verdict;
import io.fettle.monitoring.Monitoring.CheckInfo;
import io.fettle.monitoring.Observations.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A check bound to a machine with what it says.
 *
 * @param last what it says now, of the component that is worst; null when it has said nothing
 *     lately
 * @param at when it last said so; null with {@code last}
 * @param strip the verdicts of the last slots, oldest first
 */
public record CheckLine(
    CheckInfo check, @Nullable Seen last, @Nullable Instant at, List<Verdict> strip) {
  private static final int STRIP = 8;

  /** OK, then what is not known, then what is bad. */
  private static final Comparator<Verdict> BADNESS =
      Comparator.comparingInt(verdict ->
          switch (verdict) {
            case OK -> 0;
            case UNKNOWN -> 1;
            case BAD -> 2;
          });

  public CheckLine {
    strip = List.copyOf(strip);
  }

  /**
   * @param kept newest first
   * @param seen when each check last spoke, also where nothing was kept of it
   */
  static List<CheckLine> of(List<CheckInfo> bound, List<Seen> kept, Map<String, Instant> seen) {
    return bound.stream()
        .map(check ->
            line(
                check,
                kept.stream().filter(s -> s.check().equals(check.name())).toList(),
                Optional.ofNullable(seen.get(check.name()))))
        .toList();
  }

  private static CheckLine line(CheckInfo check, List<Seen> own, Optional<Instant> heard) {
    if (own.isEmpty()) return new CheckLine(check, null, null, List.of());
    Instant newest = own.getFirst().at();
    Seen worst =
        own.stream()
            .takeWhile(s -> s.at().equals(newest))
            .min(
                Comparator.comparing((Seen s) -> s.reading().verdict(), BADNESS.reversed())
                    .thenComparing(s -> s.reading().severity(), Comparator.reverseOrder()))
            .orElseThrow();
    Instant at = heard.filter(newest::isBefore).orElse(newest);
    return new CheckLine(check, worst, at, strip(check, own, at));
  }

  /** What was kept are runs: a slot without a row goes on with what was said before it. */
  private static List<Verdict> strip(CheckInfo check, List<Seen> own, Instant at) {
    List<Verdict> strip = new ArrayList<>(List.of(worst(own, own.getFirst().at())));
    Duration half = check.interval().dividedBy(2);
    for (int i = 1; i < STRIP; i++) {
      Instant slot = at.minus(check.interval().multipliedBy(i));
      List<Seen> known = own.stream().filter(s -> s.at().isBefore(slot.plus(half))).toList();
      if (known.isEmpty()) break;
      Instant newest = known.getFirst().at();
      Instant begin = slot.minus(half);
      strip.add(worst(known, newest.isBefore(begin) ? newest : begin));
    }
    return strip.reversed();
  }

  private static Verdict worst(List<Seen> known, Instant since) {
    return known.stream()
        .filter(s -> !s.at().isBefore(since))
        .map(s -> s.reading().verdict())
        .max(BADNESS)
        .orElseThrow();
  }

  /** The strip in words. */
  public String words() {
    return strip.stream().map(Enum::name).collect(Collectors.joining(" "));
  }
}
