package io.fettle.monitoring;

import io.fettle.cmdb.Claims;
import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import io.fettle.kernel.RemoteText;
import io.fettle.monitoring.Schedule.DueCheck;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.reach.Reach;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Makes visits and lets the checks judge. Never throws for what a machine or a check does. */
@Component
class Visitor {
  private static final Logger LOG = LoggerFactory.getLogger(Visitor.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST_READINGS = 500;
  private static final int TEXT_LIMIT = 4_096;

  private final Reach reach;
  private final Claims register;
  private final ClaimMemory memory;
  private final MonitoringSettings settings;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  Visitor(
      Reach reach, Claims register, ClaimMemory memory, MonitoringSettings settings, Clock clock) {
    this.reach = reach;
    this.register = register;
    this.memory = memory;
    this.settings = settings;
    this.clock = clock;
  }

  /** What one check said. */
  record Judged(Check check, long slot, List<Reading> readings) {}

  /**
   * Visits once for all these checks; their claims go to the register.
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
          judged.add(new Judged(check, one.slot(), judge(check, visit)));
          claim(machine, check, visit);
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
        reach,
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

  private void claim(MachineDoc machine, Check check, MachineVisit visit) {
    for (MachineVisit.Claimed claimed : visit.takeClaims()) {
      Map<String, Object> doc = RemoteText.safe(claimed.doc(), TEXT_LIMIT);
      if (!memory.isNews(machine.id(), check.name(), claimed, doc, clock.instant())) continue;
      try {
        claim(machine, check, claimed, doc, clock.instant());
      } catch (RuntimeException e) {
        memory.forget(machine.id(), check.name(), claimed);
        LOG.warn(
            "claim failed check={} machine={} facet={}: {}",
            check.name(),
            machine.id(),
            claimed.facet(),
            e.toString());
      }
    }
  }

  private void claim(
      MachineDoc machine,
      Check check,
      MachineVisit.Claimed claimed,
      Map<String, Object> doc,
      Instant now) {
    Claims.Source.Type type =
        claimed.outOfBand() ? Claims.Source.Type.BMC : Claims.Source.Type.HOST;
    Map<String, JsonNode> facets = new LinkedHashMap<>();
    facets.put(claimed.facet(), JSON.valueToTree(doc));
    register.claim(
        new Claims.Source(check.name(), type),
        List.of(new Claims.Claim(machine.id(), facets, now)),
        Actor.system("monitoring"));
  }
}
