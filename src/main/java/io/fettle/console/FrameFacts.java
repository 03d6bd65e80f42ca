package io.fettle.console;

import io.fettle.fault.FaultState;
import io.fettle.fault.Faults;
import io.fettle.fault.Turn;
import io.fettle.kernel.DatabaseState;
import io.fettle.kernel.Viewer;
import io.fettle.remediation.Remediation;
import io.fettle.ticket.Tickets;
import io.fettle.web.Frame;
import java.util.HashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The numbers in the navigation, and whether repair is frozen. */
@Component
class FrameFacts implements Frame {
  private final Census census;
  private final Faults faults;
  private final Remediation remediation;
  private final Tickets tickets;
  private final Health health;
  private final DatabaseState database;

  FrameFacts(
      Census census,
      Faults faults,
      Remediation remediation,
      Tickets tickets,
      Health health,
      DatabaseState database) {
    this.census = census;
    this.faults = faults;
    this.remediation = remediation;
    this.tickets = tickets;
    this.health = health;
    this.database = database;
  }

  @Override
  public Facts facts(Viewer viewer) {
    boolean healthy = !viewer.seesAll() || health.fine();
    return new Facts(
        counts(viewer), remediation.freeze().on(), healthy, database.up() ? null : database.why());
  }

  private Map<String, Long> counts(Viewer viewer) {
    Map<FaultState, Integer> byState = faults.counts(viewer);
    FaultCounts byTurn = FaultCounts.of(byState);
    Map<String, Long> counts = new HashMap<>();
    counts.put("machines", census.machines(viewer));
    counts.put("faults", byState.values().stream().mapToLong(Integer::longValue).sum());
    counts.put("repairs", (long) byTurn.of(Turn.FETTLE));
    counts.put("tickets", (long) tickets.open(viewer));
    if (viewer.seesAll()) counts.put("host_keys", (long) census.changedKeys());
    return counts;
  }
}
