package io.fettle.batch;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.monitoring.Maintenance;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.BulkLeases;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins the next items of a job: lease and SENDING in one transaction, before anything leaves. */
final class Start {
  private static final Logger LOG = LoggerFactory.getLogger(Start.class);
  private static final Duration AGAIN = Duration.ofSeconds(2);
  private static final Duration MARGIN = Duration.ofSeconds(5);
  private static final int LOOKED_AT = 500;
  private static final Label LEASED =
      new Label("一直被另一个执行占用", "Another run has had the machine all the while");
  private static final Label NO_ACTION = new Label("动作已不存在", "The action is gone");

  private static final Doing NOTHING =
      new Doing() {
        @Override
        public Duration timeLimit() {
          return Duration.ZERO;
        }

        @Override
        public BulkLeases.Budget budget() {
          return BulkLeases.Budget.NONE;
        }

        @Override
        public Came run(Item item, Transcript transcript, BooleanSupplier mayLeave) {
          return new Came(Verdict.NOT_STARTED, null, NO_ACTION);
        }
      };

  private final Desk desk;
  private final Recorder recorder;
  private final Map<Integer, Instant> refusedSince = new HashMap<>();
  private List<Item> busy = List.of();

  Start(Desk desk, Recorder recorder) {
    this.desk = desk;
    this.recorder = recorder;
  }

  /**
   * What was begun.
   *
   * @param waits what keeps the others back; empty when that is only their turn
   */
  record Begun(List<Item> items, Doing doing, Optional<Label> waits) {}

  /**
   * At most so many more than are being sent already. What is in the answer stands in the database
   * as being sent: nothing may come between the two.
   */
  Begun begin(Job job, int room, Collection<Item> sending) {
    Optional<Doing> doing = doing(job);
    if (doing.isEmpty()) {
      skip(job, null, Verdict.NOT_STARTED, NO_ACTION);
      return new Begun(List.of(), NOTHING, Optional.empty());
    }
    Optional<Label> barred = desk.leases().barred();
    if (barred.isPresent()) return new Begun(List.of(), doing.get(), barred);
    desk.crash().at(Crash.Point.BEFORE_START);
    List<Item> next = next(job, room, sending);
    Instant until =
        desk.now().plus(desk.settings().lease()).plus(doing.get().timeLimit()).plus(MARGIN);
    Mine mine =
        Objects.requireNonNull(
            desk.transactions().execute(t -> inside(job, next, doing.get().budget(), until)));
    desk.crash().at(Crash.Point.AFTER_START);
    busy = mine.busy();
    return new Begun(mine.items(), near(doing.get(), mine.items()), mine.waits());
  }

  /** Where it cannot be read for all, each asks for itself, and waits if it cannot either. */
  private static Doing near(Doing doing, List<Item> items) {
    try {
      return doing.near(items);
    } catch (RuntimeException e) {
      LOG.info("what leads to {} machines is asked one by one: {}", items.size(), e.toString());
      return doing;
    }
  }

  /** True when more of this step is to come, though not now. Those that another has wait. */
  boolean waiting(Job job) {
    if (!busy.isEmpty()) refused(job, busy);
    busy = List.of();
    return desk.views().queued(job.id(), job.step());
  }

  /** In order, as far as racks and services have room; what is in maintenance is skipped. */
  private List<Item> next(Job job, int room, Collection<Item> sending) {
    if (room <= 0) return List.of();
    boolean limited = job.order().perRack() > 0 || job.order().perService() > 0;
    List<Item> queued =
        desk.items().queued(job.id(), job.step(), desk.now(), limited ? LOOKED_AT : room);
    List<Item> next = new ArrayList<>();
    Map<String, Integer> busy = new HashMap<>();
    sending.forEach(item -> count(busy, item));
    for (Item item : queued) {
      if (next.size() >= room) break;
      if (full(busy, item, job.order())) continue;
      count(busy, item);
      next.add(item);
    }
    Map<AssetId, Maintenance.Window> windows =
        desk.maintenance().covering(next.stream().map(Item::machine).toList());
    if (windows.isEmpty()) return next;
    List<Item> covered = next.stream().filter(i -> windows.containsKey(i.machine())).toList();
    skip(job, covered, Verdict.SKIPPED, Skip.MAINTENANCE.label());
    next.removeAll(covered);
    return next;
  }

  private static void count(Map<String, Integer> busy, Item item) {
    busy.merge("rack " + item.rack(), 1, Integer::sum);
    busy.merge("service " + item.service(), 1, Integer::sum);
  }

  /** Those whose rack or service is not known count as of one. */
  private static boolean full(Map<String, Integer> busy, Item item, Order order) {
    return order.perRack() > 0 && busy.getOrDefault("rack " + item.rack(), 0) >= order.perRack()
        || order.perService() > 0
            && busy.getOrDefault("service " + item.service(), 0) >= order.perService();
  }

  /** What is this job's now, what another has, and which budget has no room for the rest. */
  private record Mine(List<Item> items, List<Item> busy, Optional<Label> waits) {
    static final Mine NOTHING = new Mine(List.of(), List.of(), Optional.empty());
  }

  private Mine inside(Job seen, List<Item> next, BulkLeases.Budget budget, Instant until) {
    Optional<Job> job = desk.jobs().held(seen.id(), desk.node());
    boolean same =
        job.filter(j -> j.state() == JobState.RUNNING && j.step() == seen.step()).isPresent();
    if (!same || next.isEmpty()) return Mine.NOTHING;
    BulkLeases.Taken taken =
        desk.leases().take(next.stream().map(Item::machine).toList(), budget, until);
    List<Item> busy = next.stream().filter(i -> taken.busy().contains(i.machine())).toList();
    List<Item> mine = new ArrayList<>();
    for (Item item : next) {
      Long fence = taken.fences().get(item.machine());
      if (fence != null) mine.add(item.under(fence));
    }
    if (mine.isEmpty()) return new Mine(mine, busy, taken.waits());
    int sent = desk.items().send(seen.id(), mine, taken.fences(), desk.node(), desk.now());
    if (sent != mine.size())
      throw new IllegalStateException(seen.id() + ": " + sent + " of " + mine.size() + " items");
    desk.crash().at(Crash.Point.INSIDE_START);
    return new Mine(mine, busy, taken.waits());
  }

  /** Another run has the machine: a little later; after a long while it is skipped. */
  private void refused(Job job, List<Item> busy) {
    Instant now = desk.now();
    busy.forEach(i -> refusedSince.putIfAbsent(i.no(), now));
    Instant patience = now.minus(desk.settings().leaseWait());
    List<Item> given =
        busy.stream()
            .filter(i -> !refusedSince.getOrDefault(i.no(), now).isAfter(patience))
            .toList();
    desk.items().later(job.id(), busy, now.plus(AGAIN));
    if (!given.isEmpty()) skip(job, given, Verdict.SKIPPED, LEASED);
  }

  private void skip(Job job, @Nullable List<Item> items, Verdict verdict, Label why) {
    recorder.alone(job.id(), () -> desk.items().giveUp(job.id(), items, verdict, why, desk.now()));
  }

  private Optional<Doing> doing(Job job) {
    if (job.kind() != JobKind.ACTION)
      return Optional.of(
          new ByShell(
              desk.reach(),
              job,
              new Texts(desk.values()),
              (int) desk.settings().output().toBytes()));
    Action action = desk.actions().get(job.body());
    return action == null ? Optional.empty() : Optional.of(new ByAction(action, job, desk));
  }
}
