package io.fettle.fault;

import io.fettle.audit.Audit;
import io.fettle.cmdb.Register;
import io.fettle.fault.StormTable.Domain;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Changed;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Viewer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Sees storms come and go. */
@Component
class StormWatch implements Storms {
  private static final Logger LOG = LoggerFactory.getLogger(StormWatch.class);
  private static final Duration POPULATION_KEPT = Duration.ofMinutes(1);

  private final StormTable table;
  private final Register register;
  private final Audit audit;
  private final Hints hints;
  private final FaultSettings.Storm rule;
  private final TransactionOperations transactions;
  private final Clock clock;
  private final Map<Domain, Population> populations = new ConcurrentHashMap<>();

  private record Population(long machines, Instant at) {}

  StormWatch(
      StormTable table,
      Register register,
      Audit audit,
      Hints hints,
      FaultSettings settings,
      TransactionOperations transactions,
      Clock clock) {
    this.table = table;
    this.register = register;
    this.audit = audit;
    this.hints = hints;
    this.rule = settings.storm();
    this.transactions = transactions;
    this.clock = clock;
  }

  @Override
  public List<Storm> blowing() {
    return table.blowing();
  }

  @Override
  public List<Storm> recent(int limit) {
    return table.recent(limit);
  }

  @Override
  public Optional<Storm> release(long id, String reason, Actor actor) {
    if (reason.isBlank())
      throw Problem.badInput("reason", "", "请写明解除的原因", "say why it may be released");
    return java.util.Objects.requireNonNull(
        transactions.execute(status -> {
          Optional<Storm> ended = table.end(id, actor.toString(), reason, clock.instant());
          ended.ifPresent(storm ->
              audit.record(
                  actor,
                  "storm.released",
                  "storm:" + id,
                  reason,
                  Map.of("class", storm.faultClass(), "place", storm.place())));
          ended.ifPresent(storm -> hints.changed(new Changed("storm", "" + id)));
          return ended;
        }));
  }

  /** In the caller's transaction, after these faults were confirmed. */
  void watch(List<FaultId> confirmed) {
    Instant now = clock.instant();
    for (Domain domain : table.domains(confirmed)) {
      Instant since = since(domain, now);
      int faults = table.confirmed(domain, since);
      int threshold = threshold(domain);
      if (faults < threshold || !table.blows(domain, faults, threshold, now)) continue;
      LOG.warn(
          "storm class={} site={} room={} rack={} faults={} threshold={}",
          domain.faultClass(),
          domain.site(),
          domain.room(),
          domain.rack(),
          faults,
          threshold);
      hints.changed(new Changed("storm", domain.faultClass()));
    }
  }

  /** Timed: a storm whose faults have stood below its threshold for the cool-down is over. */
  void subside() {
    Instant now = clock.instant();
    for (Storm storm : table.blowing()) {
      Domain domain = Domain.of(storm);
      int standing = table.standing(domain);
      if (standing >= storm.threshold()) table.blows(domain, standing, storm.threshold(), now);
      else if (!now.isBefore(storm.lastOverAt().plus(rule.cooldown()))) {
        table.end(storm.id(), "subsided", null, now);
        hints.changed(new Changed("storm", "" + storm.id()));
      }
    }
  }

  /** What was confirmed before a person's release does not count again. */
  private Instant since(Domain domain, Instant now) {
    Instant since = now.minus(rule.within());
    return table.released(domain).filter(since::isBefore).orElse(since);
  }

  private int threshold(Domain domain) {
    boolean site = domain.rack() == null;
    int faults = site ? rule.siteFaults() : rule.rackFaults();
    double share = site ? rule.siteShare() : rule.rackShare();
    return Math.max(faults, (int) Math.ceil(share * machines(domain)));
  }

  private long machines(Domain domain) {
    Instant now = clock.instant();
    Domain place = new Domain("", domain.site(), domain.room(), domain.rack());
    Population known = populations.get(place);
    if (known != null && now.isBefore(known.at().plus(POPULATION_KEPT))) return known.machines();
    if (populations.size() > 10_000) populations.clear();
    long machines = count(place);
    populations.put(place, new Population(machines, now));
    return machines;
  }

  private long count(Domain place) {
    try {
      return register.count(register.query(there(place)), Viewer.system("fault"));
    } catch (Problem e) {
      LOG.warn(
          "cannot count machines of site={} room={} rack={}: {}",
          place.site(),
          place.room(),
          place.rack(),
          e.getMessage());
      return 0;
    }
  }

  /** The machines of a domain as a CMDB query. */
  private static String there(Domain place) {
    String site =
        place.site().isEmpty()
            ? "placement.site == null and placement.room == null"
            : "(placement.site == %1$s or placement.site == null and placement.room == %1$s)"
                .formatted(quoted(place.site()));
    if (place.rack() == null) return site;
    return "placement.rack == "
        + quoted(place.rack())
        + " and placement.room == "
        + (place.room().isEmpty() ? "null" : quoted(place.room()))
        + " and "
        + site;
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
