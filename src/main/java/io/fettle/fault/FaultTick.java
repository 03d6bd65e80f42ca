package io.fettle.fault;

import io.fettle.kernel.Loop;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Timed work of the fault room: deadlines, storms, holds, staleness, what the register changed.
 * Everything is found by state in the database and moved by compare-and-set, so passes on several
 * nodes, doubled or missed ones change nothing. {@code fettle.fault.tick=false} leaves it still
 * (for tests).
 */
@Component
class FaultTick implements SmartLifecycle {
  private static final int MOST = 500;

  private final FaultTable faults;
  private final Standing standing;
  private final Fold fold;
  private final Overdue overdue;
  private final Staleness staleness;
  private final StormWatch storms;
  private final Holding holding;
  private final Placement placement;
  private final Clock clock;
  private final boolean enabled;
  private final List<Loop> loops = new ArrayList<>();
  private @Nullable Instant followed;

  FaultTick(
      FaultTable faults,
      Standing standing,
      Fold fold,
      Overdue overdue,
      Staleness staleness,
      StormWatch storms,
      Holding holding,
      Placement placement,
      Clock clock,
      @Value("${fettle.fault.tick:true}") boolean enabled) {
    this.faults = faults;
    this.standing = standing;
    this.fold = fold;
    this.overdue = overdue;
    this.staleness = staleness;
    this.storms = storms;
    this.holding = holding;
    this.placement = placement;
    this.clock = clock;
    this.enabled = enabled;
  }

  @Override
  public void start() {
    if (!enabled || isRunning()) return;
    loops.add(Loop.every("fault-deadlines", Duration.ofSeconds(1), this::quick));
    loops.add(Loop.every("fault-sweep", Duration.ofSeconds(5), this::slow));
  }

  @Override
  public void stop() {
    loops.forEach(Loop::close);
    loops.clear();
  }

  @Override
  public boolean isRunning() {
    return !loops.isEmpty();
  }

  /** Deadlines and holds: bounded work, at most a second late. */
  void quick() {
    fold.exclusively(() -> {});
    follow();
    overdue.pass();
    holding.pass();
  }

  /** What may be some seconds late. */
  void slow() {
    fold.exclusively(() -> {});
    storms.subside();
    staleness.pass();
    placement.follow();
  }

  /** Memory follows what other nodes moved. */
  private void follow() {
    Instant now = clock.instant();
    Instant since = followed == null ? now : followed;
    List<Fault> changed = faults.changedSince(since.minusSeconds(5), MOST);
    changed.forEach(standing::put);
    followed = changed.size() < MOST ? now : changed.getLast().changedAt().plusSeconds(5);
  }
}
