package io.fettle.fault;

import io.fettle.monitoring.Monitoring;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** The confirm rule of each check, looked up again now and then (checks may be reloaded). */
@Component
class Rules {
  private static final Duration KEEP = Duration.ofSeconds(10);

  private final Monitoring monitoring;
  private final FaultSettings settings;
  private final Clock clock;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(ConfirmRule rule, Instant at) {}

  Rules(Monitoring monitoring, FaultSettings settings, Clock clock) {
    this.monitoring = monitoring;
    this.settings = settings;
    this.clock = clock;
  }

  ConfirmRule of(String check) {
    Instant now = clock.instant();
    Known last = known.get(check);
    if (last != null && now.isBefore(last.at().plus(KEEP))) return last.rule();
    ConfirmRule rule =
        monitoring
            .check(check)
            .map(info -> ConfirmRule.of(info, settings))
            .orElse(ConfirmRule.USUAL);
    known.put(check, new Known(rule, now));
    return rule;
  }
}
