package io.fettle.pack.host;

import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.check.Check;
import io.fettle.monitoring.check.Reading;
import io.fettle.monitoring.check.Visit;
import io.fettle.transport.ssh.SshOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Is the machine still the one whose host key was pinned? Until a person accepts or refuses the new
 * key nothing is sent to it, so this has no repair.
 */
@Component
class HostKeyCheck implements Check {
  @Override
  public String name() {
    return "host.key";
  }

  @Override
  public Label label() {
    return new Label("主机密钥", "Host key");
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
  public List<Reading> judge(Visit visit) {
    return List.of(
        switch (visit.ssh()) {
          case SshOutcome.Ran _ -> pinned();
          case SshOutcome.Failed failed ->
              switch (failed.kind()) {
                case HOST_KEY_CHANGED ->
                    Reading.bad(
                        "",
                        Severity.CRITICAL,
                        new Label(
                            "主机密钥变了：重装过的话请接受新密钥，否则可能是冒充",
                            "The host key has changed: accept it after a reinstall, else somebody may be posing as this machine"),
                        Map.of("ssh", failed.why()));
                case AUTH_REFUSED, SUDO_REFUSED, KILLED_AT_LIMIT, BROKEN_AFTER_SEND -> pinned();
                default -> NotAsked.unknown("没有问到：" + failed.why(), "Not asked: " + failed.why());
              };
        });
  }

  private static Reading pinned() {
    return Reading.ok("", new Label("主机密钥与记录一致", "The host key is the one on record"), Map.of());
  }
}
