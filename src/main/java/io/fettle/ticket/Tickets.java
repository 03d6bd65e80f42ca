package io.fettle.ticket;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import io.fettle.kernel.Page;
import io.fettle.kernel.Viewer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Front door of tickets. */
public interface Tickets {
  /** Newest first; those under a parent are left out for who sees all. */
  default Page<TicketView> list(
      boolean openOnly, Viewer viewer, @Nullable String cursor, int limit) {
    return list(
        new TicketFilter(openOnly, null, null), viewer, TicketSorting.NEWEST, cursor, limit);
  }

  /**
   * In an order of the reader's choice, by keyset.
   *
   * @param cursor the {@code next} of the page before, made with the same sorting; null for the
   *     first
   */
  Page<TicketView> list(
      TicketFilter filter,
      Viewer viewer,
      TicketSorting sorting,
      @Nullable String cursor,
      int limit);

  Optional<TicketView> find(long id, Viewer viewer);

  /** What happened to it, oldest first. */
  List<TicketEvent> events(long id, Viewer viewer);

  int open(Viewer viewer);

  void take(long id, Actor actor);

  /**
   * 'I fixed it': starts a verification; the ticket resolves only when the check sees the fault
   * gone.
   */
  void saidFixed(long id, Actor actor);

  void note(long id, String text, Actor actor);

  /** States of a ticket. */
  enum State {
    OPEN,
    ASSIGNED,
    VERIFYING,
    RESOLVED,
    CLOSED
  }

  /**
   * A ticket.
   *
   * @param fault the fault it tracks; null for a parent of many
   * @param snapshot everything a reader needs, taken at birth: machine card, place, fault,
   *     evidence, what was tried
   * @param children tickets under this parent; 0 for an ordinary one
   */
  record TicketView(
      long id,
      State state,
      Label title,
      @Nullable String assetNo,
      @Nullable Long fault,
      @Nullable Long parent,
      int children,
      @Nullable String assignee,
      Map<String, Object> snapshot,
      Instant createdAt,
      Instant changedAt) {}

  /** One event of a ticket. */
  record TicketEvent(Instant at, String actor, String kind, String text) {}
}
