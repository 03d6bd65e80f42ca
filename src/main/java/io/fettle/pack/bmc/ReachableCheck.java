package io.fettle.pack.bmc;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ssh.SshOutcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Does the card answer over the network? When it does not, what it says in band tells why: LAN
 * parameters that differ from what was declared, or a card that is alive but deaf.
 */
@Component
class ReachableCheck implements Check {
  static final int CHANNEL = 1;

  /** What of the LAN parameters is not as declared, a list; absent when nobody could read them. */
  static final String DIFFERENCES = "differences";

  /** Evidence of a card that cannot be asked in band either: why not. */
  private static final String NO_IN_BAND = "in_band_trouble";

  @Override
  public String name() {
    return "bmc.reachable";
  }

  @Override
  public Label label() {
    return new Label("管理卡可达", "Card reachable");
  }

  @Override
  public String appliesTo() {
    return "bmc.address != null";
  }

  /** The NIC mode is asked too: a card on the wrong port is that fault, not this one. */
  @Override
  public Optional<String> section(MachineDoc machine) {
    return Optional.of(InBand.SURVEY + InBand.asks(LanState.questions(CHANNEL)));
  }

  @Override
  public boolean patient() {
    return true;
  }

  @Override
  public List<Reading> judge(Visit visit) {
    Optional<InBand.Heard> heard = visit.section(this).map(s -> InBand.read(s.out()));
    List<Exchange> exchanges = heard.map(InBand.Heard::exchanges).orElse(List.of());
    LanState lan = new LanState(CHANNEL, exchanges);
    lan.value(LanState.Parameter.MAC)
        .ifPresent(_ -> visit.claim("bmc", Map.of("mac", lan.words().get("mac")), false));
    try {
      if (visit.cardAnswers())
        return List.of(Reading.ok("", new Label("管理卡有应答", "The card answers"), lan.words()));
    } catch (IpmiFailure e) {
      Label why = new Label("没有问到：" + e.getMessage(), "Not asked: " + e.getMessage());
      return List.of(Reading.unknown("", why, Map.of("kind", e.kind().name())));
    }
    return List.of(silent(visit, heard, new Survey(exchanges), lan));
  }

  private Reading silent(Visit visit, Optional<InBand.Heard> heard, Survey survey, LanState lan) {
    MachineDoc machine = visit.machine();
    Map<String, Object> evidence = new HashMap<>(lan.words());
    evidence.put("exchanges", Exchange.lines(survey.exchanges()));
    Optional<NicMode> wanted = machine.text("intent.bmc.nic_mode").flatMap(NicMode::of);
    if (wanted.isPresent() && survey.mode().filter(m -> m != wanted.get()).isPresent())
      return Reading.unknown(
          "",
          new Label("管理卡不在约定的网口上，见 bmc.nic_mode", "The card is on another port, see bmc.nic_mode"),
          evidence);
    if (survey.device().isEmpty()) {
      evidence.put(NO_IN_BAND, trouble(visit, heard));
      return Reading.bad(
          "",
          Severity.CRITICAL,
          new Label("管理卡无应答，带内也问不到", "The card does not answer, nor in band"),
          evidence);
    }
    List<String> differences =
        lan.differences(machine).stream().map(LanState.Difference::toString).toList();
    evidence.put(DIFFERENCES, differences);
    return Reading.bad("", Severity.WARNING, summary(differences), evidence);
  }

  /** Why an action in band is pointless on this evidence; empty when it is not. */
  static Optional<Label> deafInBand(Map<String, Object> evidence) {
    return Optional.ofNullable(evidence.get(NO_IN_BAND))
        .map(why -> new Label("带内不通：" + why, "in band is not possible: " + why));
  }

  private static String trouble(Visit visit, Optional<InBand.Heard> heard) {
    if (heard.isPresent()) return heard.get().trouble();
    return visit.ssh() instanceof SshOutcome.Failed failed ? failed.why() : "no output";
  }

  private static Label summary(List<String> differences) {
    if (differences.isEmpty())
      return new Label(
          "管理卡无应答；带内正常，网络参数与声明一致",
          "The card does not answer; in band it is alive and its LAN parameters are as declared");
    String all = String.join("; ", differences);
    return new Label("管理卡无应答；带内看到参数不符：" + all, "The card does not answer; in band: " + all);
  }
}
