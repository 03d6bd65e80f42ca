package io.fettle.fault;

import io.fettle.fault.Standing.At;
import io.fettle.fault.Standing.BindingKey;
import io.fettle.monitoring.Monitoring;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Faults that nobody observes any more. When too many bindings of the collector are silent, the
 * collector is at fault: one record for it, nothing on the targets.
 */
@Component
class Staleness {
  private static final Logger LOG = LoggerFactory.getLogger(Staleness.class);
  private static final int MOST = 500;

  private final Standing standing;
  private final Findings findings;
  private final FaultTable faults;
  private final CoverageTable coverage;
  private final Monitoring monitoring;
  private final Edges edges;
  private final Rules rules;
  private final FaultSettings settings;
  private final Clock clock;

  Staleness(
      Standing standing,
      Findings findings,
      FaultTable faults,
      CoverageTable coverage,
      Monitoring monitoring,
      Edges edges,
      Rules rules,
      FaultSettings settings,
      Clock clock) {
    this.standing = standing;
    this.findings = findings;
    this.faults = faults;
    this.coverage = coverage;
    this.monitoring = monitoring;
    this.edges = edges;
    this.rules = rules;
    this.settings = settings;
    this.clock = clock;
  }

  void pass() {
    Instant now = clock.instant();
    boolean collectorIsWell = watchCollector(now);
    List<Map.Entry<BindingKey, At>> silent =
        standing.all().stream()
            .filter(entry -> mayBeStale(entry.getValue().state()))
            .filter(entry -> silentFor(entry.getKey(), now).compareTo(limit(entry.getKey())) > 0)
            .limit(MOST)
            .toList();
    for (Map.Entry<BindingKey, At> entry : silent) settle(entry, collectorIsWell, now);
  }

  private boolean watchCollector(Instant now) {
    Monitoring.Coverage seen = monitoring.coverage(settings.staleIntervals());
    boolean well = seen.bound() == 0 || seen.fresh() >= settings.coverage() * seen.bound();
    if (well) {
      if (coverage.end(seen.collector(), now))
        LOG.info("collector={} sees enough again", seen.collector());
    } else if (coverage.begin(seen.collector(), seen.fresh(), seen.bound(), now)) {
      LOG.error(
          "collector={} sees only {} of {} bindings in time: no fault is called stale for it",
          seen.collector(),
          seen.fresh(),
          seen.bound());
    }
    return well;
  }

  private void settle(Map.Entry<BindingKey, At> entry, boolean collectorIsWell, Instant now) {
    BindingKey key = entry.getKey();
    boolean bound =
        monitoring.bound(key.machine()).stream().anyMatch(c -> c.name().equals(key.check()));
    if (bound && !collectorIsWell) return;
    faults
        .find(entry.getValue().id())
        .filter(fault -> fault.version() == entry.getValue().version())
        .ifPresent(fault -> settle(fault, bound, silentFor(key, now)));
  }

  private void settle(Fault fault, boolean bound, Duration silent) {
    if (!bound) edges.take(fault, Edge.E37, FaultState.CLOSED, Words.withdrawn(), Map.of());
    else if (FaultGraph.allows(Edge.E4, fault.state(), FaultState.STALE))
      edges.take(
          fault,
          Edge.E4,
          FaultState.STALE,
          Words.stale(silent),
          Map.of("silent_seconds", silent.toSeconds()));
  }

  private Duration silentFor(BindingKey key, Instant now) {
    return findings
        .find(key)
        .map(finding -> Duration.between(finding.seenAt(), now))
        .orElse(Duration.ZERO);
  }

  private Duration limit(BindingKey key) {
    Duration limit = rules.of(key.check()).interval().multipliedBy(settings.staleIntervals());
    return limit.compareTo(Duration.ofSeconds(20)) < 0 ? Duration.ofSeconds(20) : limit;
  }

  private static boolean mayBeStale(FaultState state) {
    return FaultGraph.allows(Edge.E37, state, FaultState.CLOSED);
  }
}
