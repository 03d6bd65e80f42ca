package io.fettle.pack.host;

import static io.fettle.transport.ssh.SshCommand.quoted;

import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import io.fettle.transport.ssh.SshCommand;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Starts failed services again, once each. A unit that still fails is left failed with its last log
 * lines in the transcript. What guards data against a second start (cluster and storage services,
 * file-system checks) is never touched.
 */
@Component
class RestartUnits implements Action {
  private static final Pattern UNIT = Pattern.compile("[A-Za-z0-9:_.@\\\\-]{1,200}");
  private static final Pattern KIND = Pattern.compile(".*\\.(service|socket|timer|path)");
  private static final String USUAL_EXCEPT =
      "corosync* pacemaker* drbd* ceph-* lvm2-* mdmonitor* systemd-fsck* systemd-cryptsetup* multipathd* iscsi*";

  /** Whatever a runbook says: Fettle's own way in, and what keeps data from a second writer. */
  private static final String NEVER =
      "ssh* network* NetworkManager* systemd-networkd* systemd-resolved* ifup* wg-quick* openvpn*"
          + " nftables* iptables* netfilter* firewalld* ufw* dbus* zfs* glusterd* sanlock* dlm*"
          + " patroni* etcd* systemd-fsck* systemd-cryptsetup* ";

  private static final int MOST = 5;

  @Override
  public String name() {
    return "host.restart_units";
  }

  @Override
  public Label label() {
    return new Label("重启失败的服务", "Start failed units again");
  }

  @Override
  public Effect effect() {
    return Effect.DISRUPTIVE;
  }

  @Override
  public Idempotence idempotence() {
    return Idempotence.STATE;
  }

  @Override
  public Duration timeLimit() {
    return Duration.ofMinutes(4);
  }

  @Override
  public Optional<Label> refuses(ActionContext context) {
    if (!units(context).isEmpty()) return Optional.empty();
    Object failed = context.evidence().get(UnitsCheck.FAILED);
    return Optional.of(
        new Label(
            "这些服务不自动重启，须由人处理：" + failed,
            "not restarted by itself, a person has to look: " + failed));
  }

  /** The failed units that may be restarted; patterns of {@code except} as a shell's. */
  static List<String> units(ActionContext context) {
    if (!(context.evidence().get(UnitsCheck.FAILED) instanceof List<?> failed)) return List.of();
    String except = NEVER + Objects.toString(context.params().get("except"), USUAL_EXCEPT);
    List<Pattern> never =
        Arrays.stream(except.strip().split("\\s+")).map(RestartUnits::glob).toList();
    return failed.stream()
        .map(String::valueOf)
        .filter(u -> UNIT.matcher(u).matches() && KIND.matcher(u).matches() && !u.startsWith("-"))
        .filter(u -> never.stream().noneMatch(p -> p.matcher(u).matches()))
        .limit(MOST)
        .toList();
  }

  private static Pattern glob(String pattern) {
    return Pattern.compile(
        Arrays.stream(pattern.split("\\*", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining(".*")));
  }

  private static String each(ActionContext context) {
    return units(context).stream().map(SshCommand::quoted).collect(Collectors.joining(" "));
  }

  @Override
  public Result run(ActionContext context) {
    return Deed.run(
        context,
        """
        still=
        for unit in %s; do
          systemctl is-failed --quiet "$unit" || { say step "$unit is not failed any more"; continue; }
          systemctl reset-failed "$unit" 2>/dev/null
          if timeout 30 systemctl restart "$unit" 2>/dev/null && ! systemctl is-failed --quiet "$unit"; then
            say step "restarted $unit: $(systemctl is-active "$unit")"
          else
            still="$still $unit"
            say step "$unit fails again: $(journalctl --no-pager -n 5 -o cat -u "$unit" 2>/dev/null | tail -n 5)"
          fi
        done
        [ -z "$still" ] || done_ "failed again:$still" "又失败了：$still"
        done_ 'all run' '都在运行'
        """
            .formatted(each(context)),
        Duration.ofMinutes(3));
  }

  @Override
  public Presence probe(ActionContext context) {
    return Deed.probe(
        context,
        """
        for unit in %s; do systemctl is-failed --quiet "$unit" && refused "$unit"; done
        done_ 'none is failed'
        """
            .formatted(each(context).isEmpty() ? quoted("none.service") : each(context)));
  }
}
