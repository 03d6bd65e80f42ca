package io.fettle.console;

import io.fettle.kernel.Label;
import io.fettle.web.HealthPart;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Asks every part of Fettle how it is, at most once every few seconds for all readers together. */
@Component
public class Health {
  private static final Logger LOG = LoggerFactory.getLogger(Health.class);
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final List<HealthPart> parts;
  private final Clock clock;
  private volatile @Nullable Seen last;

  Health(List<HealthPart> parts, Clock clock) {
    this.parts = parts.stream().sorted(Comparator.comparing(HealthPart::name)).toList();
    this.clock = clock;
  }

  /** One part as it was seen. */
  public record Part(String name, boolean ok, Label why) {}

  record Seen(Instant at, List<Part> parts) {}

  boolean fine() {
    return seen().parts().stream().allMatch(Part::ok);
  }

  Seen seen() {
    Seen known = last;
    if (known != null && known.at().plus(FRESH).isAfter(clock.instant())) return known;
    List<Part> now = new ArrayList<>();
    for (HealthPart part : parts) now.add(ask(part));
    Seen fresh = new Seen(clock.instant(), List.copyOf(now));
    last = fresh;
    return fresh;
  }

  private static Part ask(HealthPart part) {
    try {
      HealthPart.State state = part.check();
      return new Part(part.name(), state.ok(), state.why());
    } catch (RuntimeException e) {
      LOG.warn("health part={} cannot say: {}", part.name(), e.toString());
      return new Part(
          part.name(), false, new Label("检查自身时出错，见日志", "Its own check failed; see the log"));
    }
  }
}
