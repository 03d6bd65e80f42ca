package io.fettle.monitoring;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Label;
import io.fettle.kernel.RemoteText;
import io.fettle.monitoring.Schedule.DueCheck;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.reach.Reach;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Makes visits and lets the checks judge; writes nothing. Never throws for what a machine or a
 * check does.
 */
@Component
class Visitor {
  private static final Logger LOG = LoggerFactory.getLogger(Visitor.class);
  private static final int MOST_READINGS = 500;
  private static final int TEXT_LIMIT = 4_096;

  private final Reach reach;
  private final ClaimMemory memory;
  private final MonitoringSettings settings;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  Visitor(Reach reach, ClaimMemory memory, MonitoringSettings settings, Clock clock) {
    this.reach = reach;
    this.memory = memory;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * What one check said.
   *
   * @param claims what it read on the way, as far as that is news to the register
   */
  record Judged(Check check, long slot, List<Reading> readings, List<ClaimMemory.News> claims) {}

  /**
   * Visits once for all these checks.
   *
   * @param asked see {@link io.fettle.monitoring.check.Visit#asked}
   * @param hears what was judged, at the end; before that, once, what was judged before the patient
   *     checks began
   */
  void visit(MachineDoc machine, List<DueCheck> due, boolean asked, Consumer<List<Judged>> hears) {
    Map<Boolean, List<DueCheck>> byPatience =
        due.stream().collect(Collectors.partitioningBy(d -> d.check().check().patient()));
    List<Check> checks = due.stream().map(d -> d.check().check()).toList();
    try (MachineVisit visit = open(machine, checks, asked)) {
      for (boolean patient : new boolean[] {false, true}) {
        List<Judged> judged = new ArrayList<>();
        for (DueCheck one : byPatience.getOrDefault(patient, List.of())) {
          Check check = one.check().check();
          List<Reading> readings = judge(check, visit);
          judged.add(new Judged(check, one.slot(), readings, news(machine, check, visit)));
        }
        if (!judged.isEmpty()) hears.accept(judged);
      }
    }
  }

  /** Judges once; nothing is claimed or stored. */
  List<Reading> look(MachineDoc machine, Check check) {
    try (MachineVisit visit = open(machine, List.of(check), true)) {
      return judge(check, visit);
    }
  }

  private MachineVisit open(MachineDoc machine, List<Check> checks, boolean asked) {
    byte[] nonce = new byte[16];
    random.nextBytes(nonce);
    return new MachineVisit(
        machine,
        checks,
        reach.near(List.of(machine.id())),
        HexFormat.of().formatHex(nonce),
        settings.visitLimit(),
        clock.instant(),
        asked);
  }

  private static List<Reading> judge(Check check, MachineVisit visit) {
    try {
      List<Reading> readings = check.judge(visit);
      return readings.stream().limit(MOST_READINGS).map(Visitor::bounded).toList();
    } catch (RuntimeException | StackOverflowError e) {
      LOG.warn("check={} machine={} failed", check.name(), visit.machine().id(), e);
      return List.of(
          Reading.unknown(
              "",
              new Label("检查自身出错", "the check itself failed"),
              Map.of("error", RemoteText.cut(e.toString(), 500))));
    }
  }

  private static Reading bounded(Reading reading) {
    return new Reading(
        RemoteText.cut(reading.component(), 200),
        reading.verdict(),
        reading.severity(),
        new Label(
            RemoteText.cut(reading.summary().zh(), 500),
            RemoteText.cut(reading.summary().en(), 500)),
        RemoteText.safe(reading.evidence(), TEXT_LIMIT));
  }

  private List<ClaimMemory.News> news(MachineDoc machine, Check check, MachineVisit visit) {
    List<ClaimMemory.News> news = new ArrayList<>();
    for (MachineVisit.Claimed claimed : visit.takeClaims()) {
      Map<String, Object> doc = RemoteText.safe(claimed.doc(), TEXT_LIMIT);
      memory
          .news(
              machine.id(),
              check.name(),
              claimed.outOfBand(),
              claimed.facet(),
              doc,
              clock.instant())
          .ifPresent(news::add);
    }
    return news;
  }
}
