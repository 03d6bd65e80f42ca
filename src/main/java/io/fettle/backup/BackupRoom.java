package io.fettle.backup;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Problem;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * Looks once a minute, or as often as backups are wanted, whether a backup, a proof or a copy to a
 * target is due.
 */
@Configuration(proxyBeanMethods = false)
@Import(TargetHealth.Parts.class)
class BackupRoom {
  private static final Logger LOG = LoggerFactory.getLogger(BackupRoom.class);
  private static final Actor SCHEDULE = Actor.system("backup");

  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** How long a target may say nothing. */
  private static final Duration STALL = Duration.ofMinutes(2);

  /** The schedule's view of what was done. */
  record Schedule(
      Backups backups, BackupTable runs, BackupSettings settings, Clock clock, Instant started) {
    Due due() {
      return new Due(
          started,
          at(Work.Kind.BACKUP, true),
          at(Work.Kind.BACKUP, false),
          at(Work.Kind.VERIFICATION, true),
          at(Work.Kind.VERIFICATION, false));
    }

    private Optional<Work.Kind> due(Instant now) {
      return backups.refuted() ? Optional.of(Work.Kind.BACKUP) : due().at(now, settings);
    }

    private Optional<Instant> at(Work.Kind kind, boolean good) {
      return runs.last(kind, good, backups.folder().toString())
          .filter(run -> kind != Work.Kind.BACKUP || !run.ok() || Backups.isThere(run))
          .map(BackupTable.Run::beganAt);
    }

    /** Begins what is due, unless something is under way. */
    void once() {
      if (!backups.possible()) return;
      Path folder = backups.folder();
      backups.adopt();
      try {
        due(clock.instant())
            .ifPresent(kind -> {
              switch (kind) {
                case BACKUP -> backups.backUp(folder, SCHEDULE);
                case VERIFICATION -> backups.verify(folder, "", SCHEDULE);
              }
            });
      } catch (Problem | BackupRefused e) {
        LOG.info("the scheduled backup waits: {}", e.getMessage());
      }
    }
  }

  @Bean
  Schedule backupSchedule(Backups backups, BackupTable runs, BackupSettings settings, Clock clock) {
    return new Schedule(backups, runs, settings, clock, clock.instant());
  }

  @Bean
  RecurringTask<Void> backupTick(Schedule schedule, BackupSettings settings) {
    Duration often = settings.interval().compareTo(MINUTE) < 0 ? settings.interval() : MINUTE;
    return Tasks.recurring("backup-tick", FixedDelay.of(often)).execute((_, _) -> schedule.once());
  }

  @Bean
  Targets backupTargets(
      TargetTable table,
      BackupTable runs,
      BackupSettings settings,
      Backups backups,
      Environment environment,
      Clock clock) {
    Path home = Path.of(environment.getProperty("fettle.home", "data")).toAbsolutePath();
    Targets.Places places =
        new Targets.Places(home, backups.folder(), settings.places(), Optional.empty());
    return new Targets(places, table, runs, clock, STALL);
  }

  @Bean
  RecurringTask<Void> backupTargetsTick(Targets targets) {
    return Tasks.recurring("backup-targets-tick", FixedDelay.ofMinutes(1))
        .execute((_, _) -> targets.sweep());
  }
}
