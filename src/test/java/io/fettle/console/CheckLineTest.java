package io.fettle.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.Monitoring.CheckInfo;
import io.fettle.monitoring.Observations.Seen;
import io.fettle.monitoring.check.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CheckLineTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final CheckInfo CHECK =
      new CheckInfo(
          "a.check",
          Label.same("a"),
          "a.check",
          "true",
          Duration.ofMinutes(5),
          Duration.ofSeconds(30),
          3,
          4);

  @Test
  void whatStaysTheSameForHoursWasSeenAMomentAgo() {
    CheckLine line = line(Map.of("a.check", NOON), ok("", at(-20 * 60)));

    assertThat(line.at()).isEqualTo(NOON);
    assertThat(line.words()).isEqualTo("OK OK OK OK OK OK OK OK");
  }

  @Test
  void aNewStartKnowsTheHistoryOnly() {
    CheckLine line = line(Map.of(), ok("", at(-60)));

    assertThat(line.at()).isEqualTo(at(-60));
    assertThat(line.words()).isEqualTo("OK");
  }

  @Test
  void theStripHasTheSlotsOfARunAndTheVerdictsBetween() {
    CheckLine line =
        line(
            Map.of("a.check", NOON),
            ok("", at(-9).plusSeconds(50)),
            bad("", at(-10).plusSeconds(1)),
            bad("", at(-15).plusSeconds(2)),
            ok("", at(-300)));

    assertThat(line.words()).isEqualTo("OK OK OK OK BAD BAD OK OK");
  }

  @Test
  void aBlipIsSeenAndTheLastIsWhatItSaysNow() {
    CheckLine line =
        line(
            Map.of("a.check", NOON),
            ok("", at(-5).plusSeconds(60)),
            bad("", at(-5).plusSeconds(30)),
            ok("", at(-300)));

    assertThat(line.words()).isEqualTo("OK OK OK OK OK OK BAD OK");
  }

  @Test
  void theWorstOfTheComponentsThatAreThereNowIsTold() {
    CheckLine line =
        line(
            Map.of("a.check", NOON),
            ok("/", at(-5)),
            bad("/data", at(-5)),
            ok("/home", at(-5)),
            bad("/gone", at(-10)));

    assertThat(Objects.requireNonNull(line.last()).reading().component()).isEqualTo("/data");
    assertThat(line.strip()).last().hasToString("BAD");
    CheckLine well = line(Map.of(), ok("/", at(-5)), bad("/gone", at(-10)));
    assertThat(Objects.requireNonNull(well.last()).reading().component()).isEqualTo("/");
    assertThat(line(Map.of("a.check", NOON)).last()).isNull();
  }

  private static CheckLine line(Map<String, Instant> heard, Seen... newestFirst) {
    return CheckLine.of(List.of(CHECK), List.of(newestFirst), heard).getFirst();
  }

  private static Instant at(long minutes) {
    return NOON.plus(Duration.ofMinutes(minutes));
  }

  private static Seen ok(String component, Instant at) {
    return new Seen(at, "a.check", Reading.ok(component, Label.same("fine"), Map.of()));
  }

  private static Seen bad(String component, Instant at) {
    return new Seen(
        at, "a.check", Reading.bad(component, Severity.WARNING, Label.same("bad"), Map.of()));
  }
}
