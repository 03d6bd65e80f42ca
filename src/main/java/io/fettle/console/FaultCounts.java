package io.fettle.console;

import io.fettle.fault.FaultState;
import io.fettle.fault.Turn;
import java.util.EnumMap;
import java.util.Map;

/** Open faults counted by whose turn it is. */
public record FaultCounts(Map<Turn, Integer> byTurn) {
  public static FaultCounts of(Map<FaultState, Integer> counts) {
    Map<Turn, Integer> found = new EnumMap<>(Turn.class);
    counts.forEach((state, n) -> {
      if (state != FaultState.CLOSED) found.merge(Turn.of(state), n, Integer::sum);
    });
    return new FaultCounts(found);
  }

  public int of(Turn turn) {
    return byTurn.getOrDefault(turn, 0);
  }
}
