package io.fettle.console;

import io.fettle.fault.FaultState;
import io.fettle.fault.Faults;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.remediation.Remediation;
import io.fettle.ticket.Tickets;
import io.fettle.web.Allow;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /api/v1/status}: Fettle in one small document, for people's and scripts' first look.
 */
@RestController
class StatusApi {
  private final Census census;
  private final Faults faults;
  private final Remediation remediation;
  private final Tickets tickets;
  private final Health health;
  private final ApplicationAvailability availability;

  StatusApi(
      Census census,
      Faults faults,
      Remediation remediation,
      Tickets tickets,
      Health health,
      ApplicationAvailability availability) {
    this.census = census;
    this.faults = faults;
    this.remediation = remediation;
    this.tickets = tickets;
    this.health = health;
    this.availability = availability;
  }

  /** Repairs ever, as proven; failed; in doubt. */
  record Repairs(long done, long failed, long uncertain) {}

  /** Tickets that are not resolved. */
  record Open(int open) {}

  /** One part of Fettle; {@code why} in the reader's language. */
  record Part(boolean ok, String why) {}

  /**
   * @param ready the server takes requests and every room has started
   * @param machines those this viewer may see
   * @param faults open ones by state; a state without any is 0
   */
  record Status(
      String version,
      boolean ready,
      long machines,
      Map<FaultState, Integer> faults,
      Repairs repairs,
      Open tickets,
      Map<String, Part> health) {}

  @GetMapping("/api/v1/status")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Status status(Viewer viewer, Locale locale) {
    Remediation.RepairCounts repairs = remediation.counts();
    return new Status(
        version(),
        availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC,
        census.machines(viewer),
        byState(viewer),
        new Repairs(repairs.done(), repairs.failed(), repairs.uncertain()),
        new Open(tickets.open(viewer)),
        parts(locale));
  }

  private Map<FaultState, Integer> byState(Viewer viewer) {
    Map<FaultState, Integer> counts = new EnumMap<>(FaultState.class);
    for (FaultState state : FaultState.values())
      if (state != FaultState.CLOSED) counts.put(state, 0);
    counts.putAll(faults.counts(viewer));
    return counts;
  }

  private Map<String, Part> parts(Locale locale) {
    Map<String, Part> parts = new LinkedHashMap<>();
    for (Health.Part part : health.seen().parts())
      parts.put(part.name(), new Part(part.ok(), part.why().in(locale)));
    return parts;
  }

  private static String version() {
    return Optional.ofNullable(StatusApi.class.getPackage().getImplementationVersion())
        .orElse("unpackaged");
  }
}
