package io.fettle.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DueTest {
  private static final Instant START = Instant.parse("2026-11-22T08:00:00Z");
  private static final Optional<Instant> NEVER = Optional.empty();
  private static final BackupSettings SETTINGS =
      new BackupSettings(
          null, Duration.ofHours(6), 28, Duration.ofDays(7), Map.of(), OutsideSettings.usual());

  private static Optional<Work.Kind> due(Duration later, Due due) {
    return due.at(START.plus(later), SETTINGS);
  }

  @Test
  void theFirstBackupFollowsTheStartAndThenItsProof() {
    Due none = new Due(START, NEVER, NEVER, NEVER, NEVER);
    assertThat(due(Duration.ofMinutes(9), none)).isEmpty();
    assertThat(due(Duration.ofMinutes(10), none)).contains(Work.Kind.BACKUP);

    Optional<Instant> once = Optional.of(START.plus(Duration.ofMinutes(10)));
    assertThat(due(Duration.ofMinutes(11), new Due(START, once, once, NEVER, NEVER)))
        .contains(Work.Kind.VERIFICATION);
  }

  @Test
  void eachComesAgainAfterItsInterval() {
    Optional<Instant> then = Optional.of(START);
    Due all = new Due(START, then, then, then, then);
    assertThat(due(Duration.ofHours(6).minusSeconds(1), all)).isEmpty();
    assertThat(due(Duration.ofHours(6), all)).contains(Work.Kind.BACKUP);

    Optional<Instant> fresh = Optional.of(START.plus(Duration.ofDays(7)));
    assertThat(due(Duration.ofDays(7), new Due(START, fresh, fresh, then, then)))
        .contains(Work.Kind.VERIFICATION);
  }

  @Test
  void whatFailedIsTriedAgainInAnHour() {
    Optional<Instant> old = Optional.of(START.minus(Duration.ofDays(2)));
    Due failed = new Due(START, old, Optional.of(START), NEVER, NEVER);
    assertThat(due(Duration.ofMinutes(59), failed)).contains(Work.Kind.VERIFICATION);
    assertThat(due(Duration.ofMinutes(60), failed)).contains(Work.Kind.BACKUP);

    Optional<Instant> now = Optional.of(START);
    Due unproven = new Due(START, now, now, Optional.of(START.minus(Duration.ofDays(8))), now);
    assertThat(due(Duration.ofMinutes(59), unproven)).isEmpty();
    assertThat(due(Duration.ofMinutes(60), unproven)).contains(Work.Kind.VERIFICATION);
  }
}
