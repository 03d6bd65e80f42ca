package io.fettle.fault;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.Observation;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * How the open faults stand, in memory, by the binding that found them: what the fold looks at
 * before it asks the database. It may lag behind other nodes; every edge is a compare-and-set, so a
 * lag costs a second look and nothing else.
 */
@Component
class Standing {
  private final Map<BindingKey, At> open = new ConcurrentHashMap<>();

  /** What the fold needs to know of a fault. */
  record At(
      FaultId id,
      long version,
      FaultState state,
      @Nullable FaultState before,
      @Nullable String heldFor,
      String faultClass,
      Severity severity,
      int summary,
      int relapses,
      @Nullable Instant confirmedAt,
      @Nullable Instant recoveredAt) {
    static At of(Fault fault) {
      return new At(
          fault.id(),
          fault.version(),
          fault.state(),
          fault.stateBefore(),
          fault.heldFor(),
          fault.faultClass(),
          fault.severity(),
          summary(fault.summary()),
          fault.relapses(),
          fault.confirmedAt(),
          fault.recoveredAt());
    }

    static int summary(Label label) {
      return label.en().hashCode();
    }
  }

  /** One component of one machine as one check sees it. */
  record BindingKey(AssetId machine, String check, String component) {
    static BindingKey of(Fault fault) {
      return new BindingKey(fault.machine(), fault.check(), fault.component());
    }

    static BindingKey of(Observation observation) {
      return new BindingKey(
          observation.machine(), observation.check(), FaultTable.component(observation));
    }
  }

  /** Takes over a committed row, unless a newer one is known. */
  void put(Fault fault) {
    open.compute(
        BindingKey.of(fault),
        (key, known) -> {
          if (known != null && isOlder(fault, known)) return known;
          return fault.state() == FaultState.CLOSED ? null : At.of(fault);
        });
  }

  private static boolean isOlder(Fault fault, At known) {
    return known.id().equals(fault.id())
        ? known.version() > fault.version()
        : known.id().value() > fault.id().value();
  }

  void remove(BindingKey key) {
    open.remove(key);
  }

  Optional<At> of(BindingKey key) {
    return Optional.ofNullable(open.get(key));
  }

  Collection<Map.Entry<BindingKey, At>> all() {
    return List.copyOf(open.entrySet());
  }

  int size() {
    return open.size();
  }
}
