package io.fettle.backup;

import io.fettle.backup.BackupRoom.Schedule;
import io.fettle.kernel.Label;
import io.fettle.web.HealthPart;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Says how old the newest backup and its proof are; a missed or failed one is not fine. */
@Component
class BackupHealth implements HealthPart {
  /** What a slow or retried one may be late. */
  private static final Duration GRACE = Duration.ofHours(3);

  private final Schedule schedule;
  private final Clock clock;

  BackupHealth(Schedule schedule, Clock clock) {
    this.schedule = schedule;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "backup";
  }

  @Override
  public State check() {
    if (!schedule.backups().possible())
      return State.fine("数据库由其管理者备份", "Those who run this database back it up");
    try {
      return state();
    } catch (BackupRefused e) {
      return State.bad(e.why().zh(), e.why().en());
    } catch (DataAccessException e) {
      return State.bad("等待数据库", "waits for the database");
    }
  }

  /** The newest of each kind: those that went well, and all. */
  record Seen(
      Optional<BackupTable.Run> good,
      Optional<BackupTable.Run> tried,
      Optional<BackupTable.Run> proof,
      Optional<BackupTable.Run> proofTried) {}

  private State state() {
    String folder = schedule.backups().folder().toString();
    BackupTable runs = schedule.runs();
    Seen seen =
        new Seen(
            runs.last(Work.Kind.BACKUP, true, folder),
            runs.last(Work.Kind.BACKUP, false, folder),
            runs.last(Work.Kind.VERIFICATION, true, folder),
            runs.last(Work.Kind.VERIFICATION, false, folder));
    State state =
        new Judge(schedule.settings(), schedule.started(), folder, clock.instant()).of(seen);
    return state.ok() ? gone(seen, folder).orElseGet(() -> elsewhere(state)) : state;
  }

  private State elsewhere(State fine) {
    if (!schedule.settings().places().isEmpty()) return fine;
    return State.wanting(
        fine.why().zh() + "。备份都在这台机器上，机器丢失则备份丢失：请设置 backup.targets",
        fine.why().en() + ". All of it is on this machine and lost with it: set backup.targets");
  }

  /** What the record says and the folder does not: after a restore, or when it is not mounted. */
  private Optional<State> gone(Seen seen, String folder) {
    Optional<BackupTable.Run> missing = seen.good().filter(run -> !Backups.isThere(run));
    if (missing.isPresent()) {
      String id = missing.get().backup().orElse("");
      return Optional.of(
          State.bad(
              folder + " 里没有最近的备份 " + id + "（没有挂载？刚恢复过？）；下一次备份很快进行",
              "The newest backup "
                  + id
                  + " is not in "
                  + folder
                  + " (not mounted? just restored?); the next one follows soon"));
    }
    List<String> damaged = schedule.backups().list(Path.of(folder)).damaged();
    return damaged.isEmpty()
        ? Optional.empty()
        : Optional.of(
            State.bad(
                folder + " 里的备份清单已损坏：" + String.join(", ", damaged),
                "Damaged manifests in " + folder + ": " + String.join(", ", damaged)));
  }

  /** Pure. */
  record Judge(BackupSettings settings, Instant started, String folder, Instant now) {
    State of(Seen seen) {
      for (var last : List.of(seen.tried(), seen.proofTried()))
        if (last.isPresent() && !last.get().ok()) return failed(last.get());
      var proof = seen.proof();
      Instant newest = seen.good().map(BackupTable.Run::beganAt).orElse(started);
      if (late(newest, settings.interval()))
        return State.bad(
            "备份已经错过：上一次在 " + age(newest) + "之前，应每 " + hours(settings.interval()) + "一次",
            "A backup was missed: the last is "
                + ageEn(newest)
                + " old and one is due every "
                + hoursEn(settings.interval()));
      if (seen.good().isEmpty())
        return State.fine(
            "启动后不久进行第一次备份到 " + folder,
            "The first backup, to " + folder + ", follows soon after the start");
      Instant proven = proof.map(BackupTable.Run::beganAt).orElse(newest);
      if (late(proven, settings.verifyInterval()))
        return State.bad(
            "备份已 " + age(proven) + "没有试恢复校验",
            "No backup was proven by restoring it for " + ageEn(proven));
      return State.fine(
          "最近备份在 "
              + age(newest)
              + "之前；"
              + proof
                  .map(p -> "试恢复校验在 " + age(p.beganAt()) + "之前，" + p.rows() + " 行一致")
                  .orElse("试恢复校验即将进行"),
          "The last backup is "
              + ageEn(newest)
              + " old; "
              + proof
                  .map(p ->
                      "proven by restoring it "
                          + ageEn(p.beganAt())
                          + " ago, "
                          + p.rows()
                          + " rows equal")
                  .orElse("it will soon be proven by restoring it"));
    }

    private static State failed(BackupTable.Run run) {
      Label what =
          run.kind() == Work.Kind.BACKUP
              ? new Label("上一次备份失败：", "The last backup failed: ")
              : new Label("上一次试恢复校验失败：", "The last backup could not be restored for its proof: ");
      return State.bad(what.zh() + run.why().zh(), what.en() + run.why().en());
    }

    private boolean late(Instant last, Duration interval) {
      return last.plus(interval).plus(GRACE).isBefore(now);
    }

    private String age(Instant at) {
      return hours(Duration.between(at, now));
    }

    private String ageEn(Instant at) {
      return hoursEn(Duration.between(at, now));
    }

    private static String hours(Duration time) {
      if (time.toHours() < 2) return time.toMinutes() + " 分钟";
      return time.toDays() < 3 ? time.toHours() + " 小时" : time.toDays() + " 天";
    }

    private static String hoursEn(Duration time) {
      if (time.toHours() < 2) return time.toMinutes() + " min";
      return time.toDays() < 3 ? time.toHours() + " h" : time.toDays() + " d";
    }
  }
}
