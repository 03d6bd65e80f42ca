package io.fettle.pack.host;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Does the machine's clock tell the time? Two witnesses: Fettle's own clock, as finely as the visit
 * is short, and the machine's time service, when chrony keeps it ({@code chronyc -c tracking},
 * field 5 is the system clock's offset in seconds).
 */
@Component
class ClockCheck implements Check {
  static final String NAME = "host.clock";

  /** Evidence: seconds the machine's clock is ahead of Fettle's; negative when behind. */
  static final String AHEAD = "seconds_ahead_of_fettle";

  /** Evidence: seconds the clock is behind chrony's source; negative when ahead. */
  static final String CHRONY = "chrony_offset_seconds";

  /** Evidence: how long the visit took; the machine told its time somewhere within. */
  static final String UNSURE = "visit_seconds";

  static final double TOLERATED = 1.0;
  private static final double CRITICAL = 300;

  /** Shell text: the time, what chrony thinks of it, and which time service there is. */
  static final String ASK =
      """
      say now "$(date +%s.%N)"
      command -v chronyc >/dev/null 2>&1 && say tracking "$(timeout 5 chronyc -n -c tracking 2>/dev/null)"
      for unit in chrony chronyd systemd-timesyncd ntpsec ntp ntpd; do
        state=$(systemctl is-active "$unit" 2>/dev/null) || [ "$state" = failed ] || continue
        say service "$unit $state"
      done
      """;

  private final Clock clock;

  ClockCheck(Clock clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Label label() {
    return new Label("时钟", "Clock");
  }

  @Override
  public String appliesTo() {
    return "net.address != null";
  }

  @Override
  public Optional<String> section(MachineDoc machine) {
    return Optional.of(Said.SHELL + ASK);
  }

  @Override
  public List<Reading> judge(Visit visit) {
    Optional<Visit.Section> section = NotAsked.whole(visit, this);
    if (section.isEmpty()) return NotAsked.because(visit);
    Said said = Said.read(section.get().out());
    Optional<Double> now = said.number("now");
    if (now.isEmpty()) return List.of(NotAsked.unknown("机器没有说出时间", "The machine told no time"));
    Instant after = clock.instant();
    return List.of(
        judge(
            ahead(now.get(), visit.at(), after),
            seconds(after) - seconds(visit.at()),
            offset(said),
            said.all("service")));
  }

  /** 0 when the machine's time lies between the two of Fettle's. */
  static double ahead(double machine, Instant before, Instant after) {
    if (machine < seconds(before)) return machine - seconds(before);
    if (machine > seconds(after)) return machine - seconds(after);
    return 0;
  }

  private static double seconds(Instant at) {
    return at.getEpochSecond() + at.getNano() / 1e9;
  }

  /** Empty unless chrony runs and follows a source. */
  static Optional<Double> offset(Said said) {
    String[] fields = said.one("tracking").orElse("").split(",");
    if (fields.length < 14 || fields[13].equals("Not synchronised")) return Optional.empty();
    try {
      return Optional.of(Double.parseDouble(fields[4])).filter(Double::isFinite);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Reading judge(
      double ahead, double unsure, Optional<Double> chrony, List<String> services) {
    Map<String, Object> evidence = new LinkedHashMap<>();
    evidence.put(AHEAD, ahead);
    evidence.put(UNSURE, unsure);
    chrony.ifPresent(offset -> evidence.put(CHRONY, offset));
    evidence.put("services", services);
    double worst = Math.max(Math.abs(ahead), Math.abs(chrony.orElse(0.0)));
    if (worst <= TOLERATED)
      return Reading.ok("", new Label("时钟准确", "The clock is right"), evidence);
    String size = String.format(Locale.ROOT, "%.1f", worst);
    boolean fettles = Math.abs(ahead) > TOLERATED;
    return Reading.bad(
        "",
        worst > CRITICAL ? Severity.CRITICAL : Severity.WARNING,
        fettles
            ? new Label(
                "时钟" + (ahead > 0 ? "快 " : "慢 ") + size + " 秒",
                "The clock is " + size + " s " + (ahead > 0 ? "fast" : "slow"))
            : new Label(
                "chrony 说时钟差 " + size + " 秒",
                "chrony says that the clock is off by " + size + " s"),
        evidence);
  }
}
