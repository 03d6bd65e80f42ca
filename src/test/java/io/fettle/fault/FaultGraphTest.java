package io.fettle.fault;

import static io.fettle.fault.FaultState.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.fault.FaultGraph.Move;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FaultGraphTest {
  @Test
  void everyEdgeIsThereAndNamesItsGuard() {
    assertThat(FaultGraph.MOVES.stream().map(Move::edge)).containsOnly(Edge.values());
    assertThat(Arrays.stream(Edge.values()).map(edge -> FaultGraph.meaning(edge).guard()))
        .noneMatch(String::isEmpty);
    assertThat(new HashSet<>(FaultGraph.MOVES)).hasSameSizeAs(FaultGraph.MOVES);
  }

  @Test
  void everyStateIsReached() {
    assertThat(reached(null, move -> true)).containsAll(EnumSet.allOf(FaultState.class));
  }

  @Test
  void everyStateCanBeClosed() {
    for (FaultState state : FaultState.values())
      assertThat(reached(state, move -> true)).as("from %s", state).contains(CLOSED);
  }

  @Test
  void closedIsFinal() {
    assertThat(FaultGraph.MOVES).noneMatch(move -> move.from() == CLOSED);
  }

  @Test
  void runningIsEnteredOnlyFromAPlanOrFromProvenAbsence() {
    assertThat(
            FaultGraph.MOVES.stream()
                .filter(move -> move.to() == RUNNING && move.from() != RUNNING)
                .map(Move::from))
        .containsExactlyInAnyOrder(PLANNED, UNCERTAIN);
  }

  @Test
  void noRunClosesWithoutProofOrAPerson() {
    Predicate<Move> avoiding =
        move -> move.edge() != Edge.E37 && move.to() != VERIFYING && move.to() != ESCALATED;

    assertThat(reached(RUNNING, avoiding)).doesNotContain(CLOSED, RECOVERED);
  }

  @Test
  void aRunInFlightIsNeverCancelled() {
    assertThat(FaultGraph.allows(Edge.E37, RUNNING, CLOSED)).isFalse();
    assertThat(FaultGraph.allows(Edge.E37, UNCERTAIN, CLOSED)).isFalse();
  }

  private static Set<FaultState> reached(@Nullable FaultState start, Predicate<Move> may) {
    Set<@Nullable FaultState> seen = new HashSet<>();
    Deque<Move> next = new ArrayDeque<>(from(start, may));
    if (start != null) seen.add(start);
    while (!next.isEmpty()) {
      FaultState to = next.removeFirst().to();
      if (seen.add(to)) next.addAll(from(to, may));
    }
    return seen.stream().filter(Objects::nonNull).collect(Collectors.toSet());
  }

  private static Set<Move> from(@Nullable FaultState state, Predicate<Move> may) {
    return FaultGraph.MOVES.stream()
        .filter(move -> move.from() == state)
        .filter(may)
        .collect(Collectors.toSet());
  }
}
