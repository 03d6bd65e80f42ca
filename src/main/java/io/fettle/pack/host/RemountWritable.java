package io.fettle.pack.host;

import static io.fettle.transport.ssh.SshCommand.quoted;

import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Makes a read-only file system writable again and proves it by writing, unless anything speaks of
 * damage: then writing could destroy what is still there, and a person decides.
 */
@Component
class RemountWritable implements Action {
  @Override
  public String name() {
    return "host.remount_writable";
  }

  @Override
  public Label label() {
    return new Label("重新挂载为可写", "Remount writable");
  }

  @Override
  public Effect effect() {
    return Effect.REVERSIBLE;
  }

  @Override
  public Idempotence idempotence() {
    return Idempotence.STATE;
  }

  @Override
  public Duration timeLimit() {
    return Duration.ofSeconds(60);
  }

  @Override
  public Optional<Label> refuses(ActionContext context) {
    String target = context.component();
    if (!target.startsWith("/"))
      return Optional.of(new Label("不是挂载点：" + target, "no mount point: " + target));
    String damage = Objects.toString(context.evidence().get(ReadOnlyCheck.DAMAGE), "");
    if (damage.isEmpty()) return Optional.empty();
    return Optional.of(
        new Label(
            "文件系统可能已损坏（" + damage + "），强行写入会丢数据，须由人处理",
            "it may be damaged ("
                + damage
                + "); writing could lose data, so a person has to look"));
  }

  private static String head(ActionContext context) {
    return ReadOnlyCheck.DAMAGE_TEXT
        + "m="
        + quoted(context.component())
        + """

        source= options=
        while read -r s t type o rest; do [ "$t" = "$m" ] && { source=$s; options=$o; }; done </proc/mounts
        [ -n "$source" ] || refused "$m is not mounted" "$m 没有挂载"
        grep -q -E "^[^#[:space:]]+[[:space:]]+$m[[:space:]]" /etc/fstab || refused "/etc/fstab does not name $m" "/etc/fstab 里没有 $m"
        """;
  }

  @Override
  public Result run(ActionContext context) {
    return Deed.run(
        context,
        head(context)
            + """
            case ",$options," in *,ro,*|*,emergency_ro,*) ;; *) done_ "$m is writable already" "$m 本来就可写" ;; esac
            why=$(damage "$source"); [ -z "$why" ] || refused "$why" "有损坏的迹象：$why"
            said=$(timeout 20 mount -o remount,rw "$m" 2>&1) || refused "mount: $said" "mount：$said"
            say step "mount -o remount,rw $m"
            f=$m/.fettle-write-test; ( umask 077; set -C; echo ok >"$f" ) && rm -f "$f" || { say trouble 'it still cannot be written'; exit 1; }
            done_ "$m is writable, proven by writing" "$m 已可写，已用写入证明"
            """,
        Duration.ofSeconds(45));
  }

  @Override
  public Presence probe(ActionContext context) {
    return Deed.probe(
        context,
        head(context)
            + """
            case ",$options," in *,ro,*|*,emergency_ro,*) refused "$m is read-only" ;; esac
            done_ "$m is writable"
            """);
  }
}
