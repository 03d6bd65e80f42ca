package io.fettle.pack.self;

import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import io.fettle.web.HealthPart;
import io.fettle.web.HealthPart.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.beans.factory.ObjectProvider;

/** Reads one part of the health page, or a family of them, as a check of Fettle itself. */
abstract class PartCheck implements Check {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ObjectProvider<HealthPart> parts;
  private final String part;
  private final Severity severity;
  private final ConcurrentMap<String, CompletableFuture<Map<String, State>>> asked =
      new ConcurrentHashMap<>();

  /**
   * @param parts asked for late: a part may stand on rooms that stand on the checks
   */
  PartCheck(ObjectProvider<HealthPart> parts, String part, Severity severity) {
    this.parts = parts;
    this.part = part;
    this.severity = severity;
  }

  /** Whether a part of this name belongs to the family, besides the one itself. */
  boolean kin(String name) {
    return false;
  }

  @Override
  public final String appliesTo() {
    return "type == 'fettle'";
  }

  @Override
  public final Duration interval() {
    return Duration.ofMinutes(1);
  }

  @Override
  public final List<Reading> judge(Visit visit) {
    List<Reading> readings = new ArrayList<>();
    parts.stream()
        .filter(p -> p.name().equals(part) || kin(p.name()))
        .forEach(p -> ask(p).forEach((of, state) -> readings.add(reading(p, of, state))));
    return readings;
  }

  private Reading reading(HealthPart from, String of, State state) {
    String rest = from.name().equals(part) ? "" : from.name().substring(part.length() + 1);
    String component = rest.isEmpty() ? of : (rest + " " + of).strip();
    Map<String, Object> evidence = Map.of("health_part", from.name());
    return state.ok()
        ? Reading.ok(component, state.why(), evidence)
        : Reading.bad(component, severity, state.why(), evidence);
  }

  /**
   * One that hangs, on a share that is gone, must not keep the others from being seen; nor is it
   * asked again before it has answered.
   */
  private Map<String, State> ask(HealthPart part) {
    var answer = asked.computeIfAbsent(part.name(), name -> begin(part));
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return Map.of("", State.bad("5 秒内没有回答", "did not answer within 5 seconds"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Map.of();
    }
  }

  private CompletableFuture<Map<String, State>> begin(HealthPart part) {
    var answer = new CompletableFuture<Map<String, State>>();
    Thread.ofVirtual()
        .name("self-" + part.name())
        .start(() -> {
          Map<String, State> said;
          try {
            said = new TreeMap<>(part.each());
          } catch (RuntimeException e) {
            said = Map.of("", broken(e));
          }
          asked.remove(part.name(), answer);
          answer.complete(said);
        });
    return answer;
  }

  private static State broken(RuntimeException e) {
    return new State(false, new Label("无法检查：" + e.getMessage(), "cannot look: " + e.getMessage()));
  }
}
