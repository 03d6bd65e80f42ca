package io.fettle.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.Claims;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.Outflow.Delivery;
import io.fettle.monitoring.check.Reading;
import io.fettle.support.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;

class OutflowTest {
  private static final Instant NOW = Instant.parse("2026-11-22T23:59:50Z");
  private final AssetId machine = new AssetId(new UUID(1, 2));
  private final JdbcTemplate db = new JdbcTemplate(TestPostgres.fresh());
  private final ObservationTable table = new ObservationTable(db);
  private final Thinning thinning = new Thinning(table, MonitoringSettings.defaults(false));
  private final List<Observation> folded = new CopyOnWriteArrayList<>();
  private final List<String> silent = new CopyOnWriteArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();

  private final class Fold implements ObservationLog {
    @Override
    public void accept(List<Observation> batch) {
      if (failures.getAndDecrement() > 0) throw new DataAccessResourceFailureException("gone");
      if (batch.stream().anyMatch(o -> o.check().equals("poison")))
        throw new DataIntegrityViolationException("poison");
      folded.addAll(batch);
    }

    @Override
    public void nothingToSay(AssetId machine, String check) {
      silent.add(check);
    }
  }

  private final List<Claims.Claim> claimed = new CopyOnWriteArrayList<>();
  private final AtomicInteger claimFailures = new AtomicInteger();
  private final ClaimMemory memory = new ClaimMemory();

  private List<Claims.Outcome> claim(List<Claims.Claim> items, Actor actor) {
    if (claimFailures.getAndDecrement() > 0) throw new DataAccessResourceFailureException("gone");
    if (items.stream().anyMatch(item -> item.facets().containsKey("poison")))
      throw new DataIntegrityViolationException("poison");
    claimed.addAll(items);
    return items.stream().map(item -> Claims.Outcome.CHANGED).toList();
  }

  private final Outflow outflow =
      new Outflow(
          new StaticListableBeanFactory(Map.of("fold", new Fold()))
              .getBeanProvider(ObservationLog.class),
          table,
          thinning,
          this::claim,
          memory);

  @Test
  void whatCannotBeFoldedWaitsAndComesInOrder() throws Exception {
    failures.set(2);
    for (int i = 0; i < 5; i++)
      outflow.put(
          new Delivery(machine, List.of(ok(NOW.plusSeconds(i))), List.of("quiet"), List.of()));

    outflow.carry();

    assertThat(folded).extracting(Observation::slot).hasSize(5).isSorted();
    assertThat(silent).hasSize(5).containsOnly("quiet");
    assertThat(outflow.isStuck()).isFalse();
    assertThat(outflow.backlog()).isZero();
  }

  @Test
  void oneThatCanNeverBeTakenDoesNotStopTheOthers() throws Exception {
    for (int i = 0; i < 5; i++) {
      Observation observation = ok(NOW.plusSeconds(i));
      Observation poison =
          new Observation(machine, "poison", "poison", observation.reading(), 1, 1, "core", NOW);
      outflow.put(
          new Delivery(machine, List.of(i == 2 ? poison : observation), List.of(), List.of()));
    }

    outflow.carry();

    assertThat(folded).hasSize(4).noneMatch(o -> o.check().equals("poison"));
    assertThat(outflow.isStuck()).isFalse();
  }

  @Test
  void whatWasReadOnTheWayReachesTheRegisterInOnePiece() throws Exception {
    claimFailures.set(2);
    for (int i = 0; i < 5; i++)
      outflow.put(new Delivery(machine, List.of(ok(NOW)), List.of(), List.of(news("f" + i))));

    outflow.carry();

    assertThat(claimed).flatExtracting(claim -> claim.facets().keySet()).hasSize(5);
    assertThat(claimFailures).hasNegativeValue();
    assertThat(folded).hasSize(5);
  }

  @Test
  void aClaimThatCannotBeTakenIsMadeAgainByTheNextVisitAndStopsNothing() throws Exception {
    ClaimMemory.News poison = news("poison");
    outflow.put(new Delivery(machine, List.of(ok(NOW)), List.of(), List.of(news("a"), poison)));
    outflow.put(new Delivery(machine, List.of(ok(NOW)), List.of(), List.of(news("b"))));

    outflow.carry();

    assertThat(claimed).flatExtracting(claim -> claim.facets().keySet()).containsExactly("a", "b");
    assertThat(folded).hasSize(2);
    assertThat(memory.news(machine, "a.check", false, "poison", Map.of("x", 1), NOW)).isPresent();
    assertThat(memory.news(machine, "a.check", false, "a", Map.of("x", 1), NOW)).isEmpty();
  }

  private ClaimMemory.News news(String facet) {
    return memory.news(machine, "a.check", false, facet, Map.of("x", 1), NOW).orElseThrow();
  }

  @Test
  void visitsWaitWhileTooManyAreOnTheirWay() throws Exception {
    Thread feeder =
        Thread.ofVirtual()
            .start(() -> {
              try {
                for (int i = 0; i < 600; i++) outflow.put(Delivery.nothing(machine));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    for (int i = 0; i < 200 && outflow.backlog() < 500; i++) Thread.sleep(10);
    assertThat(feeder.join(Duration.ofMillis(200))).isFalse();
    assertThat(outflow.backlog()).isEqualTo(500);

    outflow.carry();

    assertThat(feeder.join(Duration.ofSeconds(5))).isTrue();
  }

  @Test
  void theHistoryKeepsChangesAndAHeartbeatAndTheFoldSeesAll() throws Exception {
    for (int i = 0; i < 100; i++)
      outflow.put(
          new Delivery(machine, List.of(ok(NOW.plusSeconds(i * 5L))), List.of(), List.of()));
    outflow.put(new Delivery(machine, List.of(bad(NOW.plusSeconds(501))), List.of(), List.of()));
    outflow.put(new Delivery(machine, List.of(ok(NOW.plusSeconds(506))), List.of(), List.of()));

    outflow.carry();

    assertThat(folded).hasSize(102);
    assertThat(table.of(machine, null, NOW.minusSeconds(1), 100))
        .extracting(seen -> seen.reading().verdict().name())
        .containsExactly("OK", "BAD", "OK");
    assertThat(table.of(machine, "other", NOW.minusSeconds(1), 100)).isEmpty();
  }

  @Test
  void daysArePartitionsAndOldOnesAreDropped() {
    for (int day = 0; day < 5; day++) table.add(List.of(ok(NOW.minus(Duration.ofDays(day)))));

    assertThat(table.dropBefore(LocalDate.parse("2026-11-20"))).isEqualTo(2);
    assertThat(table.dropBefore(LocalDate.parse("2026-11-20"))).isZero();
    assertThat(db.queryForObject("select count(*) from monitoring.observation", Long.class))
        .isEqualTo(3);
  }

  @Test
  void hostileOutputIsStored() {
    Reading reading =
        Reading.bad(
            "c\0omponent",
            Severity.CRITICAL,
            Label.same("\u001b[2J<script>\uD800"),
            Map.of("line", "x".repeat(10_000_000), "nul", "\0"));
    table.add(List.of(observation(reading, NOW)));

    Reading stored = table.of(machine, null, NOW.minusSeconds(1), 1).getFirst().reading();
    assertThat(stored.component()).isEqualTo("component");
    assertThat(String.valueOf(stored.evidence().get("line")).length()).isLessThan(5_000);
  }

  private Observation ok(Instant at) {
    return observation(Reading.ok("", Label.same("fine"), Map.of()), at);
  }

  private Observation bad(Instant at) {
    return observation(Reading.bad("", Severity.WARNING, Label.same("bad"), Map.of("a", 1)), at);
  }

  private Observation observation(Reading reading, Instant at) {
    return new Observation(
        machine, "a.check", "a.check", reading, at.toEpochMilli(), 1, "core", at);
  }
}
