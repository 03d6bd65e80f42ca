package io.fettle.backup;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is due by the schedule: first a backup, then a proof of it. A failure is tried again after
 * an hour.
 *
 * @param started when this Fettle began to run
 * @param backup the newest backup that went well
 * @param backupTried the newest that ended in any way
 * @param proof likewise of verifications
 */
record Due(
    Instant started,
    Optional<Instant> backup,
    Optional<Instant> backupTried,
    Optional<Instant> proof,
    Optional<Instant> proofTried) {
  /** A first look at Fettle is not disturbed. */
  private static final Duration SETTLING = Duration.ofMinutes(10);

  private static final Duration AGAIN = Duration.ofHours(1);

  Optional<Work.Kind> at(Instant now, BackupSettings settings) {
    if (now.isBefore(started.plus(shorter(SETTLING, settings.interval())))) return Optional.empty();
    if (isDue(now, backup, backupTried, settings.interval())) return Optional.of(Work.Kind.BACKUP);
    if (backup.isPresent() && isDue(now, proof, proofTried, settings.verifyInterval()))
      return Optional.of(Work.Kind.VERIFICATION);
    return Optional.empty();
  }

  private static boolean isDue(
      Instant now, Optional<Instant> good, Optional<Instant> tried, Duration interval) {
    Stream<Instant> due =
        Stream.concat(
            good.map(at -> at.plus(interval)).stream(),
            tried.map(at -> at.plus(shorter(AGAIN, interval))).stream());
    return due.noneMatch(now::isBefore);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
