package io.fettle.console;

import io.fettle.kernel.Verdict;
import io.fettle.monitoring.Monitoring.CheckInfo;
import io.fettle.monitoring.Observations.Seen;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A check bound to a machine with what it last said.
 *
 * @param last null when it has said nothing lately
 * @param strip the last verdicts, oldest first
 */
public record CheckLine(CheckInfo check, @Nullable Seen last, List<Verdict> strip) {
  private static final int STRIP = 8;

  public CheckLine {
    strip = List.copyOf(strip);
  }

  /**
   * @param seen newest first
   */
  static List<CheckLine> of(List<CheckInfo> bound, List<Seen> seen) {
    return bound.stream().map(check -> line(check, seen)).toList();
  }

  private static CheckLine line(CheckInfo check, List<Seen> seen) {
    List<Seen> own = seen.stream().filter(s -> s.check().equals(check.name())).toList();
    List<Verdict> strip =
        own.stream().limit(STRIP).map(s -> s.reading().verdict()).toList().reversed();
    return new CheckLine(check, own.isEmpty() ? null : own.getFirst(), strip);
  }

  /** The strip in words. */
  public String words() {
    return strip.stream().map(Enum::name).collect(Collectors.joining(" "));
  }
}
