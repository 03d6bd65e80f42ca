package io.fettle.backup;

import io.fettle.web.HealthPart;
import io.fettle.web.TimeWords;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataAccessException;

/** Whether one place off this machine has the newest backup. */
final class TargetHealth implements HealthPart {
  /** What a large or retried copy may be late. */
  private static final Duration GRACE = Duration.ofHours(3);

  private static final int TRIES = 3;

  private final Target target;
  private final Targets targets;
  private final Clock clock;

  TargetHealth(Target target, Targets targets, Clock clock) {
    this.target = target;
    this.targets = targets;
    this.clock = clock;
  }

  /** One part for each place in the settings. */
  static final class Parts implements BeanRegistrar {
    @Override
    public void register(BeanRegistry registry, Environment environment) {
      Binder.get(environment)
          .bindOrCreate("fettle.backup", BackupSettings.class)
          .places()
          .forEach(target ->
              registry.registerBean(
                  "backupTarget-" + target.name(),
                  TargetHealth.class,
                  spec ->
                      spec.supplier(context ->
                          new TargetHealth(
                              target, context.bean(Targets.class), context.bean(Clock.class)))));
    }
  }

  @Override
  public String name() {
    return "backup_target_" + target.name();
  }

  @Override
  public State check() {
    try {
      return targets
          .state(target)
          .map(state -> judge(state, clock.instant()))
          .orElseGet(() ->
              State.fine(target.url() + "：等待第一次备份", target.url() + ": waits for the first backup"));
    } catch (DataAccessException e) {
      return State.bad("等待数据库", "waits for the database");
    }
  }

  private State judge(TargetTable.State state, Instant now) {
    Instant since = state.behindSince();
    if (since == null) return fine(state, now);
    boolean late =
        since.plus(GRACE).isBefore(now)
            || state.failures() >= TRIES
            || state.failures() > 0 && state.backup() == null;
    if (!late)
      return State.fine(
          target.url() + "：正在送达最新的备份", target.url() + ": the newest backup is on its way");
    Duration lag = Duration.between(since, now);
    String newest = state.backup() == null ? "" : state.backup();
    return State.bad(
        target.url()
            + " 落后 "
            + TimeWords.lasted(lag, Locale.CHINESE)
            + (newest.isEmpty() ? "，还没有任何备份" : "，那里最新的是 " + newest)
            + (state.why().zh().isEmpty() ? "" : "：" + state.why().zh()),
        target.url()
            + " is behind for "
            + TimeWords.lasted(lag, Locale.ENGLISH)
            + (newest.isEmpty() ? " and has no backup yet" : "; the newest there is " + newest)
            + (state.why().en().isEmpty() ? "" : ": " + state.why().en()));
  }

  private State fine(TargetTable.State state, Instant now) {
    Instant done = state.doneAt();
    if (done == null)
      return State.fine(target.url() + "：等待第一次备份", target.url() + ": waits for the first backup");
    return State.fine(
        target.url()
            + " 有最新的备份（"
            + TimeWords.ago(done, now, Locale.CHINESE)
            + "送达），共 "
            + state.kept()
            + " 个"
            + (state.renewed() == 0 ? "" : "；发现并重写了 " + state.renewed() + " 个损坏的文件：请检查那里的磁盘")
            + (state.why().zh().isEmpty() ? "" : "；更早的备份未能送达：" + state.why().zh()),
        target.url()
            + " has the newest backup (brought "
            + TimeWords.ago(done, now, Locale.ENGLISH)
            + "), "
            + state.kept()
            + " in all"
            + (state.renewed() == 0
                ? ""
                : "; "
                    + state.renewed()
                    + " pieces were found damaged there and written anew: look at its disk")
            + (state.why().en().isEmpty()
                ? ""
                : "; an earlier one could not be brought: " + state.why().en()));
  }
}
