package io.fettle.fault;

import io.fettle.kernel.AssetId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which faults; null means any.
 *
 * @param states empty means all that are not CLOSED
 */
public record FaultFilter(
    Set<FaultState> states, @Nullable String faultClass, @Nullable AssetId machine) {
  public FaultFilter {
    states = Set.copyOf(states);
  }
}
