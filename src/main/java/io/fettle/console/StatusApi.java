package io.fettle.console;

import io.fettle.fault.FaultState;
import io.fettle.fault.Faults;
import io.fettle.kernel.DatabaseState;
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
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /api/v1/status}: Fettle in one small document, for people's and scripts' first look.
 */
@RestController
class StatusApi {
  private static final Logger LOG = LoggerFactory.getLogger(StatusApi.class);
  private static final int MOST = 1_000;

  private final Census census;
  private final Faults faults;
  private final Remediation remediation;
  private final Tickets tickets;
  private final Health health;
  private final ApplicationAvailability availability;
  private final DatabaseState database;
  private final boolean lab;
  private final ConcurrentMap<String, Numbers> known = new ConcurrentHashMap<>();

  StatusApi(
      Census census,
      Faults faults,
      Remediation remediation,
      Tickets tickets,
      Health health,
      ApplicationAvailability availability,
      DatabaseState database,
      Environment environment) {
    this.census = census;
    this.faults = faults;
    this.remediation = remediation;
    this.tickets = tickets;
    this.health = health;
    this.availability = availability;
    this.database = database;
    this.lab = environment.getProperty("fettle.lab", Boolean.class, false);
  }

  private record Numbers(
      long machines, Map<FaultState, Integer> faults, Repairs repairs, int tickets) {}

  /** Repairs ever, as proven; failed; in doubt. */
  record Repairs(long done, long failed, long uncertain) {}

  /** Tickets that are not resolved. */
  record Open(int open) {}

  /**
   * One part of Fettle.
   *
   * @param wanting it works, and what it lacks is for people to set up
   * @param why in the reader's language
   */
  record Part(boolean ok, boolean wanting, String why) {}

  /**
   * @param lab true for a simulated fleet
   * @param ready the server takes requests, every room has started and the database answers
   * @param machines those this viewer may see; while the database does not answer, this and the
   *     other numbers are the last ones known, 0 without any, and {@code health.database} says so
   * @param faults open ones by state; a state without any is 0
   */
  record Status(
      String version,
      boolean lab,
      boolean ready,
      long machines,
      Map<FaultState, Integer> faults,
      Repairs repairs,
      Open tickets,
      Map<String, Part> health) {}

  @GetMapping("/api/v1/status")
  @Allow({Role.OPERATOR, Role.OWNER, Role.AUDITOR})
  Status status(Viewer viewer, Locale locale) {
    Numbers numbers = numbers(viewer);
    return new Status(
        version(),
        lab,
        availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC && database.answers(),
        numbers.machines(),
        numbers.faults(),
        numbers.repairs(),
        new Open(numbers.tickets()),
        parts(locale));
  }

  private Numbers numbers(Viewer viewer) {
    String scope = viewer.seesAll() ? "*" : String.join("\n", new TreeSet<>(viewer.teams()));
    if (database.answers())
      try {
        if (known.size() >= MOST) known.clear();
        known.put(scope, count(viewer));
      } catch (DataAccessException | TransactionException e) {
        LOG.warn("status goes with the numbers known last: {}", e.toString());
      }
    return known.getOrDefault(scope, new Numbers(0, zeros(), new Repairs(0, 0, 0), 0));
  }

  private Numbers count(Viewer viewer) {
    Remediation.RepairCounts repairs = remediation.counts();
    return new Numbers(
        census.machines(viewer),
        byState(viewer),
        new Repairs(repairs.done(), repairs.failed(), repairs.uncertain()),
        tickets.open(viewer));
  }

  private Map<FaultState, Integer> byState(Viewer viewer) {
    Map<FaultState, Integer> counts = zeros();
    counts.putAll(faults.counts(viewer));
    return counts;
  }

  private static Map<FaultState, Integer> zeros() {
    Map<FaultState, Integer> counts = new EnumMap<>(FaultState.class);
    for (FaultState state : FaultState.values())
      if (state != FaultState.CLOSED) counts.put(state, 0);
    return counts;
  }

  private Map<String, Part> parts(Locale locale) {
    Map<String, Part> parts = new LinkedHashMap<>();
    for (Health.Part part : health.seen().parts())
      parts.put(part.name(), new Part(part.ok(), part.wanting(), part.why().in(locale)));
    return parts;
  }

  private static String version() {
    return Optional.ofNullable(StatusApi.class.getPackage().getImplementationVersion())
        .orElse("unpackaged");
  }
}
