package io.fettle.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Visits stand back for a moment, and never for long. */
class PrecedenceTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);
  private final Precedence precedence = new Precedence(now::get);

  @Test
  void nobodyAskedNobodyWaits() {
    assertThat(precedence.left()).isZero();
  }

  @Test
  void whoeverAsksAllTheTimeStopsNoVisits() {
    int held = 0;
    for (int tenth = 0; tenth < 600; tenth++) {
      precedence.ask();
      if (!precedence.left().isZero()) held++;
      now.addAndGet(Duration.ofMillis(100).toNanos());
    }
    assertThat(held).as("tenths of a second of a minute, and what was saved").isBetween(120, 165);
  }

  @Test
  void whoLooksAndThenStartsHasAMomentForEach() {
    precedence.ask();
    now.addAndGet(Duration.ofSeconds(5).toNanos());
    assertThat(precedence.left()).isZero();
    precedence.ask();
    assertThat(precedence.left()).isEqualTo(Precedence.MOMENT);
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    precedence.ask();
    assertThat(precedence.left()).as("never more than one").isEqualTo(Precedence.MOMENT);
    now.addAndGet(Duration.ofHours(1).toNanos());
    assertThat(precedence.left()).isZero();
  }
}
