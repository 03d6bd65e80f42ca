package io.fettle.monitoring;

import io.fettle.cmdb.AssetChanged;
import io.fettle.cmdb.Itself;
import io.fettle.cmdb.MachineDoc;
import io.fettle.cmdb.Register;
import io.fettle.kernel.AssetId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Keeps the bindings (check × machine) current: counted from each check's query at the start, when
 * checks change and once an hour; in between by following the register's change feed.
 */
@Component
class Bindings {
  private static final Logger LOG = LoggerFactory.getLogger(Bindings.class);
  private static final Duration RECOUNT = Duration.ofHours(1);
  private static final int PAGE = 1_000;

  private final Checks checks;
  private final Register register;
  private final Schedule schedule;
  private final Clock clock;
  private final Semaphore hint = new Semaphore(0);
  private long feedNo;
  private long revision = -1;
  private Instant counted = Instant.EPOCH;

  Bindings(Checks checks, Register register, Schedule schedule, Clock clock) {
    this.checks = checks;
    this.register = register;
    this.schedule = schedule;
    this.clock = clock;
  }

  /** A hint that the feed has grown: saves a second, nothing else. */
  @EventListener
  void on(AssetChanged changed) {
    if (hint.availablePermits() == 0) hint.release();
  }

  /** Waits for a hint, at most this long. */
  void await(Duration most) throws InterruptedException {
    if (hint.tryAcquire(most.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS))
      hint.drainPermits();
  }

  /** One pass: follows the feed, or counts everything again when that is due. */
  synchronized void follow() {
    boolean due = revision != checks.revision() || !clock.instant().isBefore(counted.plus(RECOUNT));
    if (due) recount();
    else followFeed();
  }

  private void recount() {
    boolean first = counted.equals(Instant.EPOCH);
    revision = checks.revision();
    feedNo = register.feedEnd();
    schedule.beginCount();
    new Recount(register, checks.all().values())
        .each((machine, known) -> bind(machine, known, clock.millis(), !first));
    bind(Itself.ID, matching(register.machine(Itself.ID)), clock.millis(), !first);
    schedule.endCount();
    counted = clock.instant();
    LOG.info(
        "bindings counted machines={} bindings={} checks={}",
        schedule.size(),
        schedule.bindings(),
        checks.all().size());
  }

  private void followFeed() {
    Register.Feed feed;
    do {
      feed = register.changesAfter(feedNo, PAGE);
      Map<AssetId, MachineDoc> machines = register.machines(feed.assets());
      for (AssetId machine : feed.assets())
        bind(machine, matching(Optional.ofNullable(machines.get(machine))), clock.millis(), true);
      feedNo = Math.max(feedNo, feed.upTo());
    } while (feed.assets().size() == PAGE);
  }

  private List<Known> matching(Optional<MachineDoc> machine) {
    if (machine.isEmpty()) return List.of();
    return checks.all().values().stream()
        .filter(known -> known.query().matches(machine.get().doc()))
        .toList();
  }

  /** A machine that is new while Fettle runs is visited soon, spread over the retry interval. */
  private void bind(AssetId machine, List<Known> known, long now, boolean visitNew) {
    boolean isNew = visitNew && schedule.bound(machine).isEmpty();
    List<Known> inOrder =
        known.stream().sorted(java.util.Comparator.comparing(Known::name)).toList();
    schedule.bind(machine, inOrder, now);
    if (!isNew) return;
    for (Known check : inOrder) {
      long spread = Math.max(1_000, check.info().retryInterval().toMillis());
      schedule.soon(machine, check, now + Schedule.phaseOf(machine) % spread);
    }
  }
}
