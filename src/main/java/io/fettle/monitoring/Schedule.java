package io.fettle.monitoring;

import io.fettle.cmdb.Itself;
import io.fettle.kernel.AssetId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which machine is to be visited when: one entry per machine, all checks due together share a
 * visit. Slots come from a stable hash of the machine, so that a restart does not roll them again;
 * a check whose interval divides another's falls into the other's slots. Times are epoch
 * milliseconds. Thread-safe.
 */
final class Schedule {
  private static final int MOST_SUSPECTS = 200_000;
  private static final long BUSY_PAUSE = 200;

  private final Map<AssetId, Entry> entries = new HashMap<>();
  private final PriorityQueue<Tick> queue = new PriorityQueue<>();
  private final Map<AssetId, Soon> soon = new HashMap<>();
  private final PriorityQueue<Soon> soonQueue = new PriorityQueue<>();
  private final Map<BoundChecks, BoundChecks> interned = new HashMap<>();
  private long missed;
  private int count;

  /** The checks of a machine; one object for all machines with the same ones. */
  record BoundChecks(List<Known> checks) {
    static final BoundChecks NONE = new BoundChecks(List.of());

    long nextAfter(long phase, long done) {
      long next = Long.MAX_VALUE;
      for (Known check : checks) {
        long interval = check.intervalMillis();
        next = Math.min(next, slot(phase, interval, done) + interval);
      }
      return next;
    }
  }

  private static final class Entry {
    private final AssetId machine;
    private BoundChecks bound = BoundChecks.NONE;
    private long done;
    private long queuedFor = -1;
    private boolean visited;
    private int counted;

    Entry(AssetId machine, long now) {
      this.machine = machine;
      this.done = now;
    }

    long phase() {
      return phaseOf(machine);
    }

    long due() {
      return bound.nextAfter(phase(), done);
    }
  }

  private record Tick(Entry entry, long due) implements Comparable<Tick> {
    @Override
    public int compareTo(Tick other) {
      return Long.compare(due, other.due);
    }
  }

  private record Soon(AssetId machine, long at, Set<Known> checks) implements Comparable<Soon> {
    @Override
    public int compareTo(Soon other) {
      return Long.compare(at, other.at);
    }
  }

  /** A check due at its slot. */
  record DueCheck(Known check, long slot) {}

  /**
   * A visit to make now.
   *
   * @param due when it should have begun
   */
  record Due(AssetId machine, List<DueCheck> checks, long due) {}

  /**
   * Binds a machine to these checks; none unbinds it.
   *
   * @param now slots up to here count as done
   */
  synchronized void bind(AssetId machine, List<Known> checks, long now) {
    if (checks.isEmpty()) {
      entries.remove(machine);
      soon.remove(machine);
      return;
    }
    BoundChecks bound = interned.computeIfAbsent(new BoundChecks(List.copyOf(checks)), b -> b);
    Entry entry = entries.computeIfAbsent(machine, id -> new Entry(id, now));
    entry.counted = count;
    if (entry.bound == bound) return;
    entry.bound = bound;
    if (!entry.visited) enqueue(entry);
    notifyAll();
  }

  /**
   * A count of all bindings begins: what is not bound before {@link #endCount} is bound no more.
   */
  synchronized void beginCount() {
    count++;
  }

  synchronized void endCount() {
    entries.values().removeIf(entry -> entry.counted != count);
    soon.keySet().removeIf(machine -> !entries.containsKey(machine));
  }

  /** Asks for a visit for this check at this time, besides its slots. */
  synchronized void soon(AssetId machine, Known check, long at) {
    if (!entries.containsKey(machine) || soon.size() >= MOST_SUSPECTS) return;
    Soon known = soon.get(machine);
    if (known != null && known.checks().contains(check)) return;
    Set<Known> checks = known == null ? new HashSet<>() : known.checks();
    checks.add(check);
    if (known != null && known.at() <= at) return;
    Soon earlier = new Soon(machine, at, checks);
    soon.put(machine, earlier);
    soonQueue.add(earlier);
    notifyAll();
  }

  /** The visit that is due longest; empty when none is. */
  synchronized Optional<Due> next(long now) {
    Optional<Due> suspect = nextSoon(now);
    return suspect.isPresent() ? suspect : nextSlot(now);
  }

  /** Waits until something is due or the time is up. */
  synchronized void await(long now, long most) throws InterruptedException {
    long due = now + most;
    if (!queue.isEmpty()) due = Math.min(due, queue.element().due());
    if (!soonQueue.isEmpty()) due = Math.min(due, soonQueue.element().at());
    if (due > now) wait(Math.min(most, due - now));
  }

  /** The visit has ended, however. */
  synchronized void done(AssetId machine) {
    Entry entry = entries.get(machine);
    if (entry == null) return;
    entry.visited = false;
    enqueue(entry);
    notifyAll();
  }

  synchronized boolean isBound(AssetId machine, String check) {
    return bound(machine).stream().anyMatch(known -> known.name().equals(check));
  }

  synchronized List<Known> bound(AssetId machine) {
    Entry entry = entries.get(machine);
    return entry == null ? List.of() : entry.bound.checks();
  }

  /** Machines; Fettle itself is none, here and in the counts of their bindings. */
  synchronized int size() {
    return entries.size() - (entries.containsKey(Itself.ID) ? 1 : 0);
  }

  synchronized long bindings() {
    return machines().mapToLong(entry -> entry.bound.checks().size()).sum();
  }

  private Stream<Entry> machines() {
    return entries.values().stream().filter(entry -> !entry.machine.equals(Itself.ID));
  }

  /** Bindings of machines whose visit is late by more than so many of their shortest interval. */
  synchronized long late(long now, int intervals) {
    return machines()
        .filter(entry -> now - entry.due() > intervals * shortest(entry))
        .mapToLong(entry -> entry.bound.checks().size())
        .sum();
  }

  /** Slots that passed without a visit. */
  synchronized long missed() {
    return missed;
  }

  private Optional<Due> nextSoon(long now) {
    while (!soonQueue.isEmpty() && soonQueue.element().at() <= now) {
      Soon first = soonQueue.remove();
      if (soon.get(first.machine()) != first) continue;
      soon.remove(first.machine());
      Entry entry = entries.get(first.machine());
      if (entry == null) continue;
      if (entry.visited) {
        Soon later = new Soon(first.machine(), now + BUSY_PAUSE, first.checks());
        soon.put(first.machine(), later);
        soonQueue.add(later);
        continue;
      }
      List<DueCheck> checks =
          first.checks().stream()
              .filter(entry.bound.checks()::contains)
              .map(check -> new DueCheck(check, first.at()))
              .toList();
      if (checks.isEmpty()) continue;
      entry.visited = true;
      return Optional.of(new Due(entry.machine, checks, first.at()));
    }
    return Optional.empty();
  }

  private Optional<Due> nextSlot(long now) {
    while (!queue.isEmpty() && queue.element().due() <= now) {
      Tick tick = queue.remove();
      Entry entry = tick.entry();
      if (entry.queuedFor != tick.due() || entries.get(entry.machine) != entry) continue;
      entry.queuedFor = -1;
      if (entry.visited) continue;
      List<DueCheck> checks = due(entry, now);
      entry.done = now;
      if (checks.isEmpty()) {
        enqueue(entry);
        continue;
      }
      entry.visited = true;
      return Optional.of(new Due(entry.machine, checks, tick.due()));
    }
    return Optional.empty();
  }

  private List<DueCheck> due(Entry entry, long now) {
    List<DueCheck> checks = new ArrayList<>();
    for (Known check : entry.bound.checks()) {
      long interval = check.intervalMillis();
      long slot = slot(entry.phase(), interval, now);
      if (slot <= entry.done) continue;
      checks.add(new DueCheck(check, slot));
      missed += (slot - slot(entry.phase(), interval, entry.done)) / interval - 1;
    }
    return checks;
  }

  private void enqueue(Entry entry) {
    long due = entry.due();
    if (entry.queuedFor == due) return;
    entry.queuedFor = due;
    queue.add(new Tick(entry, due));
  }

  private static long shortest(Entry entry) {
    return entry.bound.checks().stream().mapToLong(Known::intervalMillis).min().orElse(0);
  }

  /** The newest slot not after {@code time}. */
  static long slot(long phase, long interval, long time) {
    return time - Math.floorMod(time - Math.floorMod(phase, interval), interval);
  }

  /** A stable number for each machine. */
  static long phaseOf(AssetId machine) {
    long h = machine.value().getMostSignificantBits() ^ machine.value().getLeastSignificantBits();
    h = (h ^ h >>> 33) * 0xff51afd7ed558ccdL;
    h = (h ^ h >>> 33) * 0xc4ceb9fe1a85ec53L;
    return (h ^ h >>> 33) & Long.MAX_VALUE;
  }
}
