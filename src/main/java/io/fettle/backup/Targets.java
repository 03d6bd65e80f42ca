package io.fettle.backup;

import io.fettle.backup.BackupTable.Run;
import io.fettle.backup.TargetTable.State;
import io.fettle.kernel.Label;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;

/**
 * Brings every scheduled backup to the targets. What is to be done is found by comparing, so that a
 * restart forgets nothing; each target has a thread of its own, so that one that hangs holds up
 * nothing else, and one that fails is tried again after 1, 2, 4 … 60 minutes.
 */
final class Targets implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(Targets.class);
  private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  private final Places places;
  private final TargetTable table;
  private final BackupTable runs;
  private final Clock clock;
  private final Duration stall;
  private final Map<String, Thread> busy = new ConcurrentHashMap<>();

  /**
   * @param home FETTLE_HOME
   * @param source the folder of the scheduled backups
   * @param rsync one of another place than PATH
   */
  record Places(Path home, Path source, List<Target> targets, Optional<Path> rsync) {
    Path work(Target target) {
      return home.resolve("run/targets").resolve(target.name());
    }
  }

  /**
   * @param stall how long a target may say nothing
   */
  Targets(Places places, TargetTable table, BackupTable runs, Clock clock, Duration stall) {
    this.places = places;
    this.table = table;
    this.runs = runs;
    this.clock = clock;
    this.stall = stall;
  }

  List<Target> all() {
    return places.targets();
  }

  /** How a target stands; empty before it was first looked at. */
  Optional<State> state(Target target) {
    return table.find(target.name()).filter(state -> state.url().equals(target.url()));
  }

  /** True while something is copied there. */
  boolean isBusy(Target target) {
    return busy.containsKey(target.name());
  }

  /** Starts what is due. */
  void sweep() {
    if (places.targets().isEmpty()) return;
    Optional<Run> newest = runs.last(Work.Kind.BACKUP, true, places.source().toString());
    if (newest.isPresent()) for (Target target : places.targets()) look(target, newest.get());
  }

  private void look(Target target, Run newest) {
    Instant now = clock.instant();
    State state = table.of(target, now);
    String id = newest.backup().orElseThrow();
    if (id.equals(state.backup())) return;
    table.behind(target.name(), newest.endedAt());
    if (state.nextAt().isAfter(now)) return;
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("backup-target-" + target.name())
            .unstarted(() -> bring(target, id, state));
    if (busy.putIfAbsent(target.name(), thread) == null) thread.start();
  }

  private void bring(Target target, String id, State state) {
    try {
      TargetCopy copy =
          new TargetCopy(
              places.source(),
              BackupKey.of(places.home()),
              Installation.of(places.home(), clock),
              target,
              places.work(target),
              stall,
              places.rsync());
      String proven = runs.proven(places.source().toString()).orElse("");
      TargetCopy.Done done =
          copy.bring(new Shelf(places.source()).choose(id), proven, state.backup() != null);
      table.done(target, id, done, clock.instant());
      LOG.info(
          "backup target={} has backup={} sent={} kept={} renewed={} healed={} without={}",
          target.name(),
          id,
          done.sent(),
          done.kept(),
          done.renewed(),
          done.healed(),
          done.without().en());
    } catch (Behind e) {
      failed(target, e.why(), state);
    } catch (BackupRefused e) {
      failed(target, e.why(), state);
    } catch (NoSuchFileException e) {
      failed(target, TargetCopy.lacks(e), state);
    } catch (IOException | RuntimeException e) {
      LOG.warn("backup target={} failed", target.name(), e);
      failed(target, Label.same(e.toString()), state);
    } finally {
      busy.remove(target.name());
    }
  }

  private void failed(Target target, Label why, State state) {
    LOG.info("backup target={} is behind: {}", target.name(), why.en());
    try {
      table.failed(target, why, clock.instant().plus(pause(state.failures())));
    } catch (RuntimeException e) {
      LOG.warn("backup target={} is not on the record: {}", target.name(), e.toString());
    }
  }

  /** Doubles from failure to failure. */
  static Duration pause(int failures) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, 10));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  /** What is under way ends unfinished; its pieces stay there and are not sent again. */
  @Override
  public void destroy() {
    busy.values().forEach(Thread::interrupt);
  }
}
