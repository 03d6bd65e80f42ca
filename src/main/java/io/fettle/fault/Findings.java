package io.fettle.fault;

import io.fettle.fault.Standing.BindingKey;
import io.fettle.kernel.AssetId;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The findings in memory, of bindings that are not healthy only; loaded from the snapshots at first
 * use. Written under the fold's lock; read by anyone.
 */
@Component
class Findings {
  private static final int PAGE = 1_000;

  private final FindingTable snapshots;
  private final FaultTable faults;
  private final Standing standing;
  private final Map<Binding, Map<String, Finding>> open = new ConcurrentHashMap<>();
  private final LastSlots lastSlots = new LastSlots();
  private volatile boolean loaded;

  private record Binding(AssetId machine, String check) {}

  Findings(FindingTable snapshots, FaultTable faults, Standing standing) {
    this.snapshots = snapshots;
    this.faults = faults;
    this.standing = standing;
  }

  /** Under the fold's lock. Doing it again after a failure is harmless. */
  void load(Instant now) {
    if (loaded) return;
    snapshots.each(now, this::put);
    long after = 0;
    List<Fault> page;
    do {
      page = faults.allOpen(after, PAGE);
      for (Fault fault : page) {
        standing.put(fault);
        if (get(BindingKey.of(fault)) == null)
          put(BindingKey.of(fault), Finding.fresh(fault.faultClass(), now));
        after = fault.id().value();
      }
    } while (page.size() == PAGE);
    loaded = true;
  }

  Map<String, Finding> of(AssetId machine, String check) {
    return open.getOrDefault(new Binding(machine, check), Map.of());
  }

  @Nullable Finding get(BindingKey key) {
    return of(key.machine(), key.check()).get(key.component());
  }

  Optional<Finding> find(BindingKey key) {
    return Optional.ofNullable(get(key));
  }

  long lastSlot(BindingKey key) {
    return lastSlots.of(key);
  }

  /** Under the fold's lock. */
  void healthy(BindingKey key, long slot) {
    lastSlots.put(key, slot);
  }

  /** Under the fold's lock. */
  void put(BindingKey key, Finding finding) {
    open.compute(
        new Binding(key.machine(), key.check()),
        (binding, components) -> {
          Map<String, Finding> copy =
              components == null ? new HashMap<>(2) : new HashMap<>(components);
          copy.put(key.component(), finding);
          return Collections.unmodifiableMap(copy);
        });
  }

  /** Under the fold's lock: the binding is healthy again. */
  void remove(BindingKey key) {
    Finding gone = get(key);
    if (gone != null) lastSlots.put(key, gone.window().newest());
    open.computeIfPresent(
        new Binding(key.machine(), key.check()),
        (binding, components) -> {
          Map<String, Finding> copy = new HashMap<>(components);
          copy.remove(key.component());
          return copy.isEmpty() ? null : Collections.unmodifiableMap(copy);
        });
  }

  void each(BiConsumer<BindingKey, Finding> take) {
    open.forEach((binding, components) ->
        components.forEach((component, finding) ->
            take.accept(new BindingKey(binding.machine(), binding.check(), component), finding)));
  }

  int size() {
    return open.size();
  }
}
