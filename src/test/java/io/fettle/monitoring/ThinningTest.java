package io.fettle.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Severity;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.Observations.Seen;
import io.fettle.monitoring.Observations.Tally;
import io.fettle.monitoring.check.Reading;
import io.fettle.support.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** The history of runs, against a real database. */
class ThinningTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final MonitoringSettings SETTINGS = MonitoringSettings.defaults(false);

  private final JdbcTemplate db = new JdbcTemplate(TestPostgres.fresh());
  private final ObservationTable table = new ObservationTable(db);
  private final AssetId machine = new AssetId(new UUID(1, 2));
  private Thinning thinning = new Thinning(table, SETTINGS);

  @Test
  void aDayWithoutNewsIsOneRowAtAMomentOfTheMachinesOwn() {
    int[] hours = new int[24];
    Random random = new Random(7);
    for (int m = 0; m < 200; m++) {
      AssetId one = new AssetId(new UUID(random.nextLong(), random.nextLong()));
      List<Instant> rows = new ArrayList<>();
      for (Instant at = NOON; at.isBefore(NOON.plus(Duration.ofDays(4))); at = at.plusSeconds(600))
        if (!keep(one, at, ok("", "fine")).isEmpty()) rows.add(at);
      assertThat(rows).hasSizeBetween(4, 5);
      for (int i = 2; i < rows.size(); i++)
        assertThat(Duration.between(rows.get(i - 1), rows.get(i))).isEqualTo(Duration.ofDays(1));
      hours[(int) ChronoUnit.HOURS.between(NOON, rows.get(1)) % 24]++;
    }
    for (int count : hours) assertThat(count).isBetween(1, 30);
  }

  @Test
  void aChangeIsKeptAtOnceWithAllThatTheCheckSays() {
    keep(machine, NOON, ok("/", "/ is at 10%"), ok("/data", "/data is at 20%"));
    assertThat(keep(machine, NOON.plusSeconds(300), ok("/", "11%"), ok("/data", "21%"))).isEmpty();

    assertThat(keep(machine, NOON.plusSeconds(600), ok("/", "11%"), bad("/data", "91%")))
        .hasSize(2);
    assertThat(keep(machine, NOON.plusSeconds(900), ok("/", "11%"))).hasSize(1);

    List<Seen> now = table.lately(machine, List.of("a.check"), NOON.minusSeconds(1));
    assertThat(now.getFirst().at()).isEqualTo(NOON.plusSeconds(900));
    assertThat(now)
        .extracting(s -> s.reading().verdict().name())
        .containsExactlyInAnyOrder("OK", "OK", "BAD", "OK", "OK");
    assertThat(table.last("a.check", NOON.minusSeconds(1)))
        .as("what is gone is not counted")
        .containsExactly(new Tally("/", Verdict.OK, 1));
  }

  @Test
  void newWordsAboutWhatIsBadAreKeptNowAndThen() {
    keep(machine, NOON, bad("", "91% full"));
    assertThat(keep(machine, NOON.plusSeconds(30), bad("", "92% full"))).isEmpty();
    assertThat(keep(machine, NOON.plusSeconds(300), bad("", "93% full"))).hasSize(1);
    assertThat(keep(machine, NOON.plusSeconds(600), bad("", "93% full"))).isEmpty();
    Reading worse =
        Reading.bad("", Severity.CRITICAL, Label.same("93% full"), Map.of("percent", 93));
    assertThat(keep(machine, NOON.plusSeconds(630), worse)).hasSize(1);
    int rows = 0;
    for (int i = 1; i <= 24 * 12; i++)
      rows += keep(machine, NOON.plusSeconds(630 + i * 300L), worse).size();
    assertThat(rows).as("a day of the same").isEqualTo(24);
  }

  @Test
  void aNewStartRemembersWhatIsInTheHistory() {
    List<AssetId> fleet = new ArrayList<>();
    for (int i = 0; i < 50; i++) fleet.add(new AssetId(new UUID(i, 7L * i)));
    for (AssetId one : fleet)
      keep(
          one,
          NOON,
          one.equals(fleet.get(3))
              ? bad("", RemoteText.cut("x\0y".repeat(300), 500))
              : ok("", "fine"));

    thinning = new Thinning(table, SETTINGS);

    for (AssetId one : fleet) {
      boolean changes = one.equals(fleet.get(4));
      Reading now = changes ? bad("", "b") : said(one, fleet);
      assertThat(keep(one, NOON.plusSeconds(5), now))
          .as("machine %s", one)
          .hasSize(changes ? 1 : 0);
    }
    assertThat(thinning.seen(fleet.get(5))).containsEntry("a.check", NOON.plusSeconds(5));
    assertThat(thinning.seen(new AssetId(new UUID(9, 9)))).isEmpty();
  }

  private static Reading said(AssetId one, List<AssetId> fleet) {
    return one.equals(fleet.get(3))
        ? bad("", RemoteText.cut("x\0y".repeat(300), 500))
        : ok("", "fine");
  }

  @Test
  void whatAProbeKeptIsTakenBackByTheNextVisit() {
    keep(machine, NOON, ok("", "fine"));
    List<Observation> probed = visit(machine, NOON.plusSeconds(10), bad("", "broken"));
    table.add(probed);
    thinning.wrote(probed);

    assertThat(keep(machine, NOON.plusSeconds(20), ok("", "fine"))).hasSize(1);
  }

  @Test
  void aHeartbeatOfWhatIsOkCarriesItsWordsAndNoEvidence() {
    keep(machine, NOON, ok("", "at 10%"));
    keep(machine, NOON.plus(Duration.ofDays(1)), ok("", "at 40%"));

    List<Seen> rows = table.of(machine, null, NOON.minusSeconds(1), 10);

    assertThat(rows)
        .extracting(s -> s.reading().summary().en())
        .containsExactly("at 40%", "at 10%");
    assertThat(rows.getFirst().reading().evidence()).isEmpty();
    assertThat(rows.getLast().reading().evidence()).containsKey("percent");
  }

  @Test
  void theHeartbeatStaysWithinTheRetention() {
    assertThat(given("40d", "30d").heartbeat()).isEqualTo(Duration.ofDays(15));
    assertThat(given("6h", "30d").heartbeat()).isEqualTo(Duration.ofHours(6));
    assertThat(given("0s", "30d").heartbeat()).isEqualTo(Duration.ofMinutes(1));
  }

  private static MonitoringSettings given(String heartbeat, String retention) {
    return new org.springframework.boot.context.properties.bind.Binder(
            new org.springframework.boot.context.properties.source.MapConfigurationPropertySource(
                Map.of("m.heartbeat", heartbeat, "m.retention", retention)))
        .bind("m", MonitoringSettings.Given.class)
        .get()
        .over(SETTINGS);
  }

  private List<Observation> keep(AssetId of, Instant at, Reading... readings) {
    List<Observation> said = visit(of, at, readings);
    thinning.recall(said);
    List<Observation> rows = thinning.worthARow(said);
    table.add(rows);
    return rows;
  }

  private static List<Observation> visit(AssetId of, Instant at, Reading... readings) {
    return java.util.stream.Stream.of(readings)
        .map(r -> new Observation(of, "a.check", "a.check", r, at.toEpochMilli(), 1, "core", at))
        .toList();
  }

  private static Reading ok(String component, String words) {
    return Reading.ok(component, Label.same(words), Map.of("percent", 10));
  }

  private static Reading bad(String component, String words) {
    return Reading.bad(component, Severity.WARNING, Label.same(words), Map.of("percent", 91));
  }
}
