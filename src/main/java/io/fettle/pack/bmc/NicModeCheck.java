package io.fettle.pack.bmc;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import io.fettle.transport.ipmi.DeviceId;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiRequest;
import io.fettle.transport.ssh.SshOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Does the card listen on the port that was declared? Asked in band, in the visit's one exec; out
 * of band when the machine cannot be asked.
 */
@Component
class NicModeCheck implements Check {
  static final String NAME = "bmc.nic_mode";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Label label() {
    return new Label("管理卡网口模式", "Card NIC mode");
  }

  @Override
  public String appliesTo() {
    return "intent.bmc.nic_mode != null";
  }

  @Override
  public Optional<String> section(MachineDoc machine) {
    return Optional.of(InBand.SURVEY);
  }

  @Override
  public List<Reading> judge(Visit visit) {
    Optional<NicMode> intended = visit.machine().text("intent.bmc.nic_mode").flatMap(NicMode::of);
    if (intended.isEmpty()) return List.of();
    Asked asked = ask(visit);
    if (asked.survey().device().isEmpty()) return List.of(unanswered(asked));
    claim(visit, asked);
    return List.of(reading(asked, intended.get()));
  }

  /** What was learnt, by which way; troubles are why a way led nowhere. */
  private record Asked(Survey survey, String route, Map<String, String> troubles) {}

  private Asked ask(Visit visit) {
    Map<String, String> troubles = new LinkedHashMap<>();
    Optional<Visit.Section> section = visit.section(this);
    if (section.isPresent()) {
      InBand.Heard heard = InBand.read(section.get().out());
      Survey survey = new Survey(heard.exchanges());
      if (survey.device().isPresent()) return new Asked(survey, "in_band", troubles);
      troubles.put("in_band", heard.trouble().isEmpty() ? "no answer" : heard.trouble());
    } else if (visit.ssh() instanceof SshOutcome.Failed failed) {
      troubles.put("in_band", failed.why());
    }
    return new Asked(outOfBand(visit, troubles), "out_of_band", troubles);
  }

  private static Survey outOfBand(Visit visit, Map<String, String> troubles) {
    List<Exchange> all = new ArrayList<>();
    try {
      for (Optional<IpmiRequest> next = new Survey(all).next();
          next.isPresent();
          next = new Survey(all).next()) all.add(new Exchange(next.get(), visit.ipmi(next.get())));
    } catch (IpmiFailure e) {
      troubles.put("out_of_band", e.kind() + ": " + e.getMessage());
    }
    return new Survey(all);
  }

  private static void claim(Visit visit, Asked asked) {
    Survey survey = asked.survey();
    Map<String, Object> bmc = new HashMap<>();
    survey.device().map(DeviceId::firmware).ifPresent(v -> bmc.put("firmware", v));
    if (survey.make() != Survey.Make.OTHER) bmc.put("vendor", survey.make().vendor());
    survey.generation().ifPresent(g -> bmc.put("generation", g));
    survey.mode().ifPresent(m -> bmc.put("nic_mode", m.word()));
    visit.claim("bmc", bmc, asked.route().equals("out_of_band"));
  }

  private static Reading unanswered(Asked asked) {
    Label why =
        new Label(
            "带内、带外都问不到管理卡的网口模式",
            "The card's NIC mode cannot be asked, neither in band nor out of band");
    return Reading.unknown("", why, Map.of("troubles", asked.troubles()));
  }

  private static Reading reading(Asked asked, NicMode intended) {
    Survey survey = asked.survey();
    Map<String, Object> evidence = evidence(asked, intended);
    if (survey.mode().isEmpty()) {
      if (survey.undecided() || survey.next().isPresent())
        return Reading.unknown(
            "", new Label("管理卡此刻答不出网口模式", "The card cannot tell its NIC mode now"), evidence);
      return Reading.bad("", Severity.WARNING, untellable(survey, intended), evidence);
    }
    NicMode mode = survey.mode().get();
    if (mode == intended)
      return Reading.ok(
          "", new Label("网口模式为" + mode.label().zh(), "NIC mode is " + mode.label().en()), evidence);
    return Reading.bad("", Severity.WARNING, wrong(mode, intended), evidence);
  }

  private static Label wrong(NicMode mode, NicMode intended) {
    return new Label(
        "网口模式为%s，应为%s".formatted(mode.label().zh(), intended.label().zh()),
        "NIC mode is %s, should be %s".formatted(mode.label().en(), intended.label().en()));
  }

  private static Label untellable(Survey survey, NicMode intended) {
    Label why = survey.whyNot();
    return new Label(
        "应为%s，但网口模式读不到：%s；不会发送任何厂商命令".formatted(intended.label().zh(), why.zh()),
        "Should be %s, but the NIC mode cannot be read: %s; no vendor command will be sent"
            .formatted(intended.label().en(), why.en()));
  }

  private static Map<String, Object> evidence(Asked asked, NicMode intended) {
    Survey survey = asked.survey();
    Map<String, Object> all = new HashMap<>();
    all.put("route", asked.route());
    all.put("exchanges", Exchange.lines(survey.exchanges()));
    all.put("intended", intended.word());
    all.put("make", survey.make() == Survey.Make.OTHER ? "unknown" : survey.make().vendor());
    survey.generation().ifPresent(g -> all.put("generation", g));
    survey.mode().ifPresent(m -> all.put("observed", m.word()));
    all.put("writable", survey.writable() ? "yes" : "no, " + survey.whyNot().en());
    if (!asked.troubles().isEmpty()) all.put("troubles", asked.troubles());
    return all;
  }
}
