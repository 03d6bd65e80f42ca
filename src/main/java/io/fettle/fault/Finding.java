package io.fettle.fault;

import io.fettle.kernel.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The folded state of one binding that is not healthy.
 *
 * @param seenAt when an observation last came in
 * @param absent how many visits in a row did not mention this component
 * @param stored what the snapshot in the database says; null before the first
 */
record Finding(
    String faultClass,
    Window window,
    Flapping flapping,
    Instant seenAt,
    int absent,
    @Nullable Stored stored) {

  /** When and with which newest verdict the snapshot was written. */
  record Stored(Instant at, Verdict newest) {}

  static Finding fresh(String faultClass, Instant now) {
    return new Finding(faultClass, Window.EMPTY, Flapping.NONE, now, 0, null);
  }

  Finding seen(Window window, Instant now) {
    return new Finding(faultClass, window, flapping, now, 0, stored);
  }

  Finding missed() {
    return new Finding(faultClass, window, flapping, seenAt, absent + 1, stored);
  }

  Finding with(Flapping score) {
    return new Finding(faultClass, window, score, seenAt, absent, stored);
  }

  Finding stored(Instant now) {
    Verdict newest = window.isEmpty() ? Verdict.UNKNOWN : window.verdict(0);
    return new Finding(faultClass, window, flapping, seenAt, absent, new Stored(now, newest));
  }

  boolean hasBad() {
    return window.letters().indexOf('B') >= 0;
  }
}
