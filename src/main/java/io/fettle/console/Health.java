package io.fettle.console;

import io.fettle.kernel.Label;
import io.fettle.web.HealthPart;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Asks every part of Fettle how it is, at most once every few seconds for all readers together. */
@Component
public class Health {
  private static final Logger LOG = LoggerFactory.getLogger(Health.class);
  private static final Duration FRESH = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final List<HealthPart> parts;
  private final Clock clock;
  private final ConcurrentMap<String, CompletableFuture<Part>> asked = new ConcurrentHashMap<>();
  private volatile @Nullable Seen last;

  Health(List<HealthPart> parts, Clock clock) {
    this.parts = parts.stream().sorted(Comparator.comparing(HealthPart::name)).toList();
    this.clock = clock;
  }

  /** One part as it was seen; of {@code wanting} see {@link HealthPart.State}. */
  public record Part(String name, boolean ok, boolean wanting, Label why) {
    static Part bad(String name, String zh, String en) {
      return new Part(name, false, false, new Label(zh, en));
    }
  }

  record Seen(Instant at, List<Part> parts) {}

  boolean fine() {
    return seen().parts().stream().allMatch(Part::ok);
  }

  Seen seen() {
    Seen known = last;
    if (known != null && known.at().plus(FRESH).isAfter(clock.instant())) return known;
    var answers = parts.stream().map(this::begin).toList();
    long end = System.nanoTime() + PATIENCE.toNanos();
    List<Part> now = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++)
      now.add(answer(parts.get(i).name(), answers.get(i), end - System.nanoTime()));
    Seen fresh = new Seen(clock.instant(), List.copyOf(now));
    last = fresh;
    return fresh;
  }

  /** A part that has not answered the question before is not asked again. */
  private CompletableFuture<Part> begin(HealthPart part) {
    return asked.computeIfAbsent(
        part.name(),
        name -> {
          var answer = new CompletableFuture<Part>();
          Thread.ofVirtual()
              .name("health-" + name)
              .start(() -> {
                answer.complete(ask(part));
                asked.remove(name, answer);
              });
          return answer;
        });
  }

  private static Part answer(String name, CompletableFuture<Part> part, long nanos) {
    try {
      return part.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return Part.bad(name, "没有及时应答", "It does not answer in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Part.bad(name, "被中断", "Interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Part ask(HealthPart part) {
    try {
      HealthPart.State state = part.check();
      return new Part(part.name(), state.ok(), state.wanting(), state.why());
    } catch (RuntimeException e) {
      LOG.warn("health part={} cannot say: {}", part.name(), e.toString());
      return Part.bad(part.name(), "检查自身时出错，见日志", "Its own check failed; see the log");
    }
  }
}
