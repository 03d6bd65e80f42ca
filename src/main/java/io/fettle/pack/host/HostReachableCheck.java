package io.fettle.pack.host;

import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import io.fettle.transport.ipmi.ChassisStatus;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.ssh.SshOutcome.Kind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Can Fettle log in by SSH and run a command? When it cannot, the port and the management card are
 * asked too, so that whoever goes there knows what to bring. There is no repair in band, and power
 * is never cycled on suspicion: this one is for a person.
 */
@Component
class HostReachableCheck implements Check {
  @Override
  public String name() {
    return "host.reachable";
  }

  @Override
  public Label label() {
    return new Label("SSH 可达", "Reachable by SSH");
  }

  @Override
  public String appliesTo() {
    return "net.address != null";
  }

  @Override
  public Duration interval() {
    return Duration.ofMinutes(1);
  }

  @Override
  public boolean patient() {
    return true;
  }

  @Override
  public List<Reading> judge(Visit visit) {
    return List.of(
        switch (visit.ssh()) {
          case SshOutcome.Ran ran ->
              Reading.ok(
                  "",
                  new Label("SSH 登录并执行命令成功", "SSH logs in and runs commands"),
                  Map.of("milliseconds", ran.took().toMillis()));
          case SshOutcome.Failed failed -> judge(failed, visit);
        });
  }

  private static Reading judge(SshOutcome.Failed failed, Visit visit) {
    return switch (failed.kind()) {
      case NO_ADDRESS, NO_CREDENTIAL, BUSY, TOO_LATE ->
          NotAsked.unknown("没有去问：" + failed.why(), "Not asked: " + failed.why());
      case HOST_KEY_CHANGED ->
          NotAsked.unknown("主机密钥变了，见 host.key", "The host key has changed, see host.key");
      case AUTH_REFUSED, SUDO_REFUSED ->
          bad(Severity.WARNING, failed, visit, "拒绝了 Fettle 的登录", "refuses Fettle's log-in");
      case KILLED_AT_LIMIT, BROKEN_AFTER_SEND ->
          bad(Severity.WARNING, failed, visit, "能登录，但命令执行不完", "logs in, but commands do not end");
      case REFUSED ->
          bad(
              Severity.CRITICAL,
              failed,
              visit,
              "SSH 端口拒绝连接",
              "refuses connections to its SSH port");
      case CONNECT_TIMEOUT, BANNER_TIMEOUT, AUTH_TIMEOUT, BROKEN_BEFORE_SEND ->
          bad(Severity.CRITICAL, failed, visit, "SSH 没有应答", "does not answer by SSH");
    };
  }

  private static Reading bad(
      Severity severity, SshOutcome.Failed failed, Visit visit, String zh, String en) {
    Map<String, Object> evidence = new LinkedHashMap<>();
    evidence.put("ssh", failed.kind() + ": " + failed.why());
    evidence.put("port", visit.tcp(0).name());
    boolean alive = failed.kind() == Kind.AUTH_REFUSED || failed.kind() == Kind.SUDO_REFUSED;
    Optional<Label> card = alive ? Optional.empty() : power(visit);
    card.ifPresent(says -> evidence.put("card", says.en()));
    return Reading.bad(
        "",
        severity,
        new Label(
            "机器" + zh + card.map(says -> "；管理卡" + says.zh()).orElse(""),
            "The machine " + en + card.map(says -> "; its card " + says.en()).orElse("")),
        evidence);
  }

  /** What the management card says of the machine's power; empty when it has none. */
  private static Optional<Label> power(Visit visit) {
    if (visit.machine().text("bmc.address").isEmpty()) return Optional.empty();
    try {
      if (!visit.cardAnswers()) return Optional.of(new Label("无应答", "does not answer"));
      return Optional.of(
          ChassisStatus.of(visit.ipmi(ChassisStatus.REQUEST))
              .map(HostReachableCheck::power)
              .orElse(new Label("没有说电源状态", "does not tell of the power")));
    } catch (IpmiFailure e) {
      if (e.kind() == IpmiFailure.Kind.BUSY)
        return Optional.of(new Label("没有问到", "could not be asked"));
      return Optional.of(new Label("不让 Fettle 登录", "does not let Fettle in"));
    }
  }

  private static Label power(ChassisStatus status) {
    if (status.powerFault()) return new Label("说电源有故障", "tells of a power fault");
    return status.on()
        ? new Label("说电源开着", "says that power is on")
        : new Label("说电源关着", "says that power is off");
  }
}
