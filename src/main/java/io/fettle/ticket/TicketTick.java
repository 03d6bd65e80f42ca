package io.fettle.ticket;

import io.fettle.fault.Fault;
import io.fettle.fault.FaultClosed;
import io.fettle.fault.FaultEscalated;
import io.fettle.fault.FaultFilter;
import io.fettle.fault.FaultId;
import io.fettle.fault.FaultRecovered;
import io.fettle.fault.FaultState;
import io.fettle.fault.Faults;
import io.fettle.kernel.Loop;
import io.fettle.kernel.Page;
import io.fettle.kernel.Viewer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Keeps tickets and faults together by state: escalated faults without a ticket, tickets whose
 * fault moved. Hints only make it faster.
 */
@Component
class TicketTick implements DisposableBean {
  private static final Viewer ALL = Viewer.system("ticket");
  private static final int BITE = 300;
  private static final FaultFilter ESCALATED =
      new FaultFilter(Set.of(FaultState.ESCALATED), null, null);
  private final TicketDesk desk;
  private final TicketTable table;
  private final Faults faults;
  private final TicketSettings settings;
  private final List<Loop> loops = new ArrayList<>();
  private @Nullable String faultCursor;
  private long ticketCursor;

  TicketTick(TicketDesk desk, TicketTable table, Faults faults, TicketSettings settings) {
    this.desk = desk;
    this.table = table;
    this.faults = faults;
    this.settings = settings;
  }

  @EventListener(ApplicationReadyEvent.class)
  void start() {
    if (loops.isEmpty()) loops.add(Loop.every("ticket-sweep", settings.sweep(), this::sweep));
  }

  @EventListener
  void on(FaultEscalated hint) {
    faults.find(hint.id()).ifPresent(this::born);
  }

  @EventListener
  void on(FaultRecovered hint) {
    follow(hint.id());
  }

  @EventListener
  void on(FaultClosed hint) {
    follow(hint.id());
  }

  private void born(Fault fault) {
    if (!desk.bear(fault)) follow(fault.id());
  }

  private void follow(FaultId id) {
    desk.follow(table.ofFault(id.value()).stream().toList());
  }

  /** The newest escalations and a stretch of the older ones; then a stretch of the live tickets. */
  synchronized void sweep() {
    bear(faults.list(ESCALATED, ALL, null, BITE));
    if (faultCursor != null) faultCursor = bear(faults.list(ESCALATED, ALL, faultCursor, BITE));
    else faultCursor = faults.list(ESCALATED, ALL, null, BITE).next();
    List<TicketTable.Row> live = table.live(ticketCursor, BITE);
    ticketCursor = live.size() < BITE ? 0 : live.getLast().view().id();
    desk.follow(live);
  }

  private @Nullable String bear(Page<Fault> page) {
    Set<Long> have = table.withTicket(page.items().stream().map(f -> f.id().value()).toList());
    for (Fault fault : page.items().reversed())
      if (!have.contains(fault.id().value())) desk.bear(fault);
    return page.next();
  }

  @Override
  public void destroy() {
    loops.forEach(Loop::close);
  }
}
