package io.fettle.ticket;

import static io.fettle.ticket.Tickets.State.*;

import io.fettle.fault.FaultState;
import io.fettle.ticket.Tickets.State;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The states of a ticket as data, and what the fault's state asks of its ticket. */
final class TicketGraph {
  /** Every legal move; CLOSED is final, the same fault key later is another ticket. */
  static final Map<State, Set<State>> MOVES =
      Map.of(
          OPEN, Set.of(ASSIGNED, VERIFYING, RESOLVED, CLOSED),
          ASSIGNED, Set.of(ASSIGNED, OPEN, VERIFYING, RESOLVED, CLOSED),
          VERIFYING, Set.of(OPEN, ASSIGNED, RESOLVED, CLOSED),
          RESOLVED, Set.of(OPEN, ASSIGNED, VERIFYING, CLOSED),
          CLOSED, Set.of());

  private TicketGraph() {}

  static boolean allows(State from, State to) {
    return MOVES.getOrDefault(from, Set.of()).contains(to);
  }

  /** Still needs somebody or something. */
  static boolean open(State state) {
    return switch (state) {
      case OPEN, ASSIGNED, VERIFYING -> true;
      case RESOLVED, CLOSED -> false;
    };
  }

  /** Where the ticket must go because of its fault; empty when it stands right. */
  static Optional<State> follow(State ticket, boolean assigned, FaultState fault) {
    State back = assigned ? ASSIGNED : OPEN;
    State to =
        switch (fault) {
          case RECOVERED -> RESOLVED;
          case CLOSED -> CLOSED;
          case VERIFYING -> VERIFYING;
          case SUSPECT,
              CONFIRMED,
              HELD,
              STALE,
              PLANNED,
              AWAITING,
              RUNNING,
              UNCERTAIN,
              ESCALATED,
              FIELD ->
              ticket == RESOLVED || ticket == VERIFYING ? back : ticket;
        };
    return to != ticket && allows(ticket, to) ? Optional.of(to) : Optional.empty();
  }

  /** Where a parent must go because of its children; empty when it stands right. */
  static Optional<State> followChildren(State parent, boolean assigned, Set<State> children) {
    if (children.isEmpty()) return Optional.empty();
    State back = assigned ? ASSIGNED : OPEN;
    State to;
    if (children.equals(Set.of(CLOSED))) to = CLOSED;
    else if (children.stream().noneMatch(TicketGraph::open)) to = RESOLVED;
    else to = parent == RESOLVED ? back : parent;
    return to != parent && allows(parent, to) ? Optional.of(to) : Optional.empty();
  }
}
