package io.fettle.ticket;

import static io.fettle.ticket.Tickets.State.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.fault.FaultState;
import io.fettle.ticket.Tickets.State;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TicketGraphTest {
  @Test
  void everyStateIsReachedAndEveryStateReachesClosed() {
    assertThat(from(OPEN)).isEqualTo(EnumSet.allOf(State.class));
    for (State state : State.values()) assertThat(from(state)).contains(CLOSED);
    assertThat(TicketGraph.MOVES.get(CLOSED)).isEmpty();
  }

  private static Set<State> from(State start) {
    Set<State> seen = EnumSet.of(start);
    ArrayDeque<State> next = new ArrayDeque<>(seen);
    while (!next.isEmpty())
      for (State to : TicketGraph.MOVES.getOrDefault(next.remove(), Set.of()))
        if (seen.add(to)) next.add(to);
    return seen;
  }

  @Test
  void whateverTheFaultDoesTheTicketOnlyMovesAlongTheGraph() {
    for (State ticket : State.values())
      for (FaultState fault : FaultState.values())
        for (boolean assigned : new boolean[] {true, false})
          TicketGraph.follow(ticket, assigned, fault)
              .ifPresent(to -> assertThat(TicketGraph.allows(ticket, to)).isTrue());
  }

  @Test
  void recoveryResolvesClosingClosesAndARelapseReopens() {
    assertThat(TicketGraph.follow(OPEN, false, FaultState.RECOVERED)).contains(RESOLVED);
    assertThat(TicketGraph.follow(ASSIGNED, true, FaultState.CLOSED)).contains(CLOSED);
    assertThat(TicketGraph.follow(RESOLVED, true, FaultState.CONFIRMED)).contains(ASSIGNED);
    assertThat(TicketGraph.follow(RESOLVED, false, FaultState.CONFIRMED)).contains(OPEN);
    assertThat(TicketGraph.follow(VERIFYING, true, FaultState.ESCALATED)).contains(ASSIGNED);
    assertThat(TicketGraph.follow(OPEN, false, FaultState.ESCALATED)).isEmpty();
    assertThat(TicketGraph.follow(CLOSED, false, FaultState.CONFIRMED)).isEmpty();
  }

  @Test
  void aParentFollowsItsChildren() {
    assertThat(TicketGraph.followChildren(OPEN, false, Set.of(RESOLVED, CLOSED)))
        .contains(RESOLVED);
    assertThat(TicketGraph.followChildren(RESOLVED, true, Set.of(OPEN, CLOSED))).contains(ASSIGNED);
    assertThat(TicketGraph.followChildren(RESOLVED, true, Set.of(CLOSED))).contains(CLOSED);
    assertThat(TicketGraph.followChildren(OPEN, false, Set.of(OPEN, RESOLVED))).isEmpty();
  }
}
