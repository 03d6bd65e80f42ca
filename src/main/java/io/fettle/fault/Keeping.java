package io.fettle.fault;

import static java.util.Objects.requireNonNull;

import io.fettle.fault.Standing.BindingKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Snapshots of what is not healthy, so that a restart loses nothing accepted. */
@Component
class Keeping {
  private static final Duration SAVE_AT_LEAST = Duration.ofMinutes(1);

  private final FindingTable snapshots;
  private final Standing standing;
  private final FaultSettings settings;

  Keeping(FindingTable snapshots, Standing standing, FaultSettings settings) {
    this.snapshots = snapshots;
    this.standing = standing;
    this.settings = settings;
  }

  /** At the end of a batch; {@code moved} are bindings whose fault took an edge. */
  void keep(List<BindingKey> keys, Pending pending, Set<BindingKey> moved, Instant now) {
    List<Map.Entry<BindingKey, Finding>> save = new ArrayList<>();
    List<BindingKey> forget = new ArrayList<>();
    for (BindingKey key : keys) {
      Finding finding = requireNonNull(pending.get(key));
      if (isOver(key, finding, moved.contains(key), now)) {
        if (finding.stored() != null) forget.add(key);
        pending.settled(key);
      } else if (moved.contains(key) || isDue(key, finding, now)) {
        save.add(Map.entry(key, finding));
        pending.keep(key, finding.stored(now));
      }
    }
    if (!save.isEmpty()) snapshots.save(save);
    if (!forget.isEmpty()) snapshots.remove(forget);
  }

  /** The binding is healthy: no fault, no BAD among its slots, no flapping to remember. */
  private boolean isOver(BindingKey key, Finding finding, boolean moved, Instant now) {
    return !moved
        && standing.of(key).isEmpty()
        && (!finding.hasBad() || finding.absent() > 0)
        && finding.flapping().negligible(settings.flap(), now);
  }

  private boolean isDue(BindingKey key, Finding finding, Instant now) {
    Finding.Stored stored = finding.stored();
    if (stored == null || finding.window().isEmpty()) return stored == null;
    boolean suspect = standing.of(key).filter(at -> at.state() == FaultState.SUSPECT).isPresent();
    boolean turned = finding.window().verdict(0) != stored.newest();
    return suspect || turned || !now.isBefore(stored.at().plus(SAVE_AT_LEAST));
  }
}
