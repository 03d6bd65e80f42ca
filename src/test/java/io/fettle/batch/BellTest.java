package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who follows a job is woken, not too often, and never misses what came while it looked. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BellTest {
  private static final JobId ONE = new JobId(1);
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Bell bell = new Bell();

  @Test
  void whatCameBeforeTheWaitIsNotMissed() throws InterruptedException {
    try (Jobs.Follow follow = bell.follow(ONE)) {
      bell.heard(ONE);
      assertThat(waited(follow, LONG)).isLessThan(LONG);
    }
  }

  @Test
  void aTurnOfTheJobIsSeenAtOnceAndLinesALittleApart() throws InterruptedException {
    try (Jobs.Follow follow = bell.follow(ONE)) {
      bell.heard(ONE);
      waited(follow, LONG);
      bell.heard(ONE);
      assertThat(waited(follow, LONG)).isGreaterThan(Duration.ofMillis(90));
      var ring = Thread.ofVirtual().unstarted(() -> bell.turned(ONE));
      ring.start();
      assertThat(waited(follow, LONG)).isLessThan(LONG);
    }
  }

  @Test
  void anotherJobWakesNobodyAndTheTimeEnds() throws InterruptedException {
    try (Jobs.Follow follow = bell.follow(ONE)) {
      bell.heard(new JobId(2));
      bell.turned(new JobId(2));
      Duration most = Duration.ofMillis(300);
      assertThat(waited(follow, most)).isBetween(most.minusMillis(10), LONG);
    }
  }

  @Test
  void nobodyIsKeptWhoListensNoMore() throws InterruptedException {
    Jobs.Follow gone = bell.follow(ONE);
    try (Jobs.Follow stays = bell.follow(ONE)) {
      gone.close();
      bell.turned(ONE);
      assertThat(waited(stays, LONG)).isLessThan(LONG);
    }
    assertThat(bell.followed()).isZero();
  }

  private static Duration waited(Jobs.Follow follow, Duration most) throws InterruptedException {
    long start = System.nanoTime();
    follow.await(most);
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
