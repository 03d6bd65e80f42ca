package io.fettle.backup;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Problem;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Looks once a minute whether a backup or a proof is due. */
@Configuration(proxyBeanMethods = false)
class BackupRoom {
  private static final Logger LOG = LoggerFactory.getLogger(BackupRoom.class);
  private static final Actor SCHEDULE = Actor.system("backup");

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

    private Optional<Instant> at(Work.Kind kind, boolean good) {
      return runs.last(kind, good, backups.folder().toString()).map(BackupTable.Run::beganAt);
    }

    /** Begins what is due, unless something is under way. */
    void once() {
      if (!backups.possible()) return;
      Path folder = backups.folder();
      try {
        due()
            .at(clock.instant(), settings)
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
  RecurringTask<Void> backupTick(Schedule schedule) {
    return Tasks.recurring("backup-tick", FixedDelay.ofMinutes(1))
        .execute((_, _) -> schedule.once());
  }
}
