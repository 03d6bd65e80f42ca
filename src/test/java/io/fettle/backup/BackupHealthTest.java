package io.fettle.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.backup.BackupHealth.Judge;
import io.fettle.backup.BackupHealth.Seen;
import io.fettle.kernel.Label;
import io.fettle.web.HealthPart.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the health page says of backups, in both languages. */
class BackupHealthTest {
  private static final Instant START = Instant.parse("2026-11-22T00:00:00Z");
  private static final BackupSettings SETTINGS =
      new BackupSettings(
          null, Duration.ofHours(6), 28, Duration.ofDays(7), Map.of(), OutsideSettings.usual());

  private static State at(Duration after, Seen seen) {
    return new Judge(SETTINGS, START, "/backups", START.plus(after)).of(seen);
  }

  private static Optional<BackupTable.Run> run(Work.Kind kind, Duration began, boolean ok) {
    Instant at = START.plus(began);
    Label why = ok ? Label.same("") : new Label("磁盘满了", "the disk is full");
    return Optional.of(
        new BackupTable.Run(kind, "/backups", Optional.of("b"), at, at, ok, 1, 4711, why));
  }

  private static Seen seen(
      Optional<BackupTable.Run> good,
      Optional<BackupTable.Run> tried,
      Optional<BackupTable.Run> proof,
      Optional<BackupTable.Run> proofTried) {
    return new Seen(good, tried, proof, proofTried);
  }

  @Test
  void theFirstOneIsAwaitedUntilItIsMissed() {
    Seen nothing = seen(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    State soon = at(Duration.ofHours(1), nothing);
    assertThat(soon.ok()).isTrue();
    assertThat(soon.why().en()).contains("The first backup, to /backups, follows");
    assertThat(at(Duration.ofHours(9), nothing).ok()).isTrue();

    State missed = at(Duration.ofHours(10), nothing);
    assertThat(missed.ok()).isFalse();
    assertThat(missed.why().en())
        .isEqualTo("A backup was missed: the last is 10 h old and one is due every 6 h");
    assertThat(missed.why().zh()).isEqualTo("备份已经错过：上一次在 10 小时之前，应每 6 小时一次");
  }

  @Test
  void aFailureIsSaidWithItsReasonEvenBesideAGoodOne() {
    var good = run(Work.Kind.BACKUP, Duration.ZERO, true);
    var bad = run(Work.Kind.BACKUP, Duration.ofHours(6), false);
    State failed = at(Duration.ofHours(7), seen(good, bad, Optional.empty(), Optional.empty()));
    assertThat(failed.ok()).isFalse();
    assertThat(failed.why().en()).isEqualTo("The last backup failed: the disk is full");
    assertThat(failed.why().zh()).isEqualTo("上一次备份失败：磁盘满了");
  }

  @Test
  void aBackupThatCannotBeProvenIsNotFine() {
    var good = run(Work.Kind.BACKUP, Duration.ofDays(8), true);
    var unproven = run(Work.Kind.VERIFICATION, Duration.ofDays(8), false);
    State failed = at(Duration.ofDays(8), seen(good, good, Optional.empty(), unproven));
    assertThat(failed.ok()).isFalse();
    assertThat(failed.why().en())
        .isEqualTo("The last backup could not be restored for its proof: the disk is full");
    assertThat(failed.why().zh()).isEqualTo("上一次试恢复校验失败：磁盘满了");

    var old = run(Work.Kind.VERIFICATION, Duration.ZERO, true);
    State missed = at(Duration.ofDays(8), seen(good, good, old, old));
    assertThat(missed.ok()).isFalse();
    assertThat(missed.why().en()).isEqualTo("No backup was proven by restoring it for 8 d");
    assertThat(missed.why().zh()).isEqualTo("备份已 8 天没有试恢复校验");
  }

  @Test
  void aGoodOneSaysHowOldItAndItsProofAre() {
    var good = run(Work.Kind.BACKUP, Duration.ofHours(3), true);
    var proof = run(Work.Kind.VERIFICATION, Duration.ofHours(3), true);
    State fine = at(Duration.ofHours(5), seen(good, good, proof, proof));
    assertThat(fine.ok()).isTrue();
    assertThat(fine.why().en())
        .isEqualTo("The last backup is 2 h old; proven by restoring it 2 h ago, 4711 rows equal");
    assertThat(fine.why().zh()).contains("4711 行一致");
  }
}
