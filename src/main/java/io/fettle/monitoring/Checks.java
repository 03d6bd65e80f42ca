package io.fettle.monitoring;

import io.fettle.cmdb.Query;
import io.fettle.cmdb.Register;
import io.fettle.kernel.Problem;
import io.fettle.monitoring.Monitoring.CheckInfo;
import io.fettle.monitoring.check.Check;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** The checks in force: those of packs in code and those that are data. */
@Component
class Checks {
  private static final Logger LOG = LoggerFactory.getLogger(Checks.class);
  private static final String IN_SERVICE =
      "(lifecycle == null or lifecycle in ['in_service', 'maintenance'])";
  private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);

  private final ObjectProvider<Check> coded;
  private final DataChecks data;
  private final Register register;
  private final MonitoringSettings settings;
  private volatile Snapshot snapshot = new Snapshot(Map.of(), -1);

  /** The checks by name, and the state of the data checks they were taken from. */
  private record Snapshot(Map<String, Known> byName, long revision) {}

  Checks(
      ObjectProvider<Check> coded,
      DataChecks data,
      Register register,
      MonitoringSettings settings) {
    this.coded = coded;
    this.data = data;
    this.register = register;
    this.settings = settings;
  }

  /** By name; read again when data checks have changed. */
  Map<String, Known> all() {
    Snapshot now = snapshot;
    return now.revision() == data.revision() ? now.byName() : load().byName();
  }

  Optional<Known> find(String name) {
    return Optional.ofNullable(all().get(name));
  }

  /** Rises when the checks in force changed: bindings must be counted again. */
  long revision() {
    all();
    return snapshot.revision();
  }

  private synchronized Snapshot load() {
    long revision = data.revision();
    if (snapshot.revision() == revision) return snapshot;
    List<Check> every = new ArrayList<>(coded.orderedStream().toList());
    every.addAll(data.checks());
    every.sort(Comparator.comparing(Check::name));
    Map<String, Known> byName = new LinkedHashMap<>();
    for (Check check : every) {
      Optional<Known> known = known(check);
      known.ifPresent(k -> {
        if (byName.putIfAbsent(k.name(), k) != null)
          LOG.error("check={} is there twice; the second is left out", k.name());
      });
    }
    snapshot = new Snapshot(Map.copyOf(byName), revision);
    return snapshot;
  }

  private Optional<Known> known(Check check) {
    try {
      return Optional.of(new Known(check, query(check), info(check)));
    } catch (Problem e) {
      LOG.error("check={} is left out, its query is wrong: {}", check.name(), e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Only machines in service are bound, whatever a check's query says; those under repair too, so
   * that one sees when they are well. A machine in stock or retired is not expected to answer.
   */
  Query query(Check check) {
    Query own = register.query(check.appliesTo());
    return register.query(own.unbounded() ? IN_SERVICE : "(" + own.text() + ") and " + IN_SERVICE);
  }

  CheckInfo info(Check check) {
    Duration interval = Objects.requireNonNullElse(settings.interval(), check.interval());
    Duration retry = settings.retryInterval();
    if (retry.compareTo(interval) > 0) retry = interval;
    if (retry.compareTo(SHORTEST_RETRY) < 0) retry = SHORTEST_RETRY;
    return new CheckInfo(
        check.name(),
        check.label(),
        check.faultClass(),
        check.appliesTo(),
        interval,
        retry,
        settings.bad(),
        settings.of());
  }
}
