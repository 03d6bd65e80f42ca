package io.fettle.pack.host;

import static io.fettle.transport.ssh.SshCommand.quoted;

import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Makes space on one file system. Package caches, which can be fetched again, are emptied by their
 * package manager. What is gone for good goes only where the runbook names a limit for it: the
 * journal beyond {@code journal_keep}, temporary files untouched for {@code temp_days}; without the
 * parameter the step is left out.
 */
@Component
class FreeSpace implements Action {
  private static final String AFTER =
      """
      p=$(df --output=pcent "$m" | tail -n 1 | tr -dc 0-9); i=$(df --output=ipcent "$m" | tail -n 1 | tr -dc 0-9)
      """;

  @Override
  public String name() {
    return "host.free_space";
  }

  @Override
  public Label label() {
    return new Label(
        "清理软件包缓存、过期日志与临时文件", "Free space held by package caches, old journals and stale files");
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
    String mount = context.component();
    if (!mount.startsWith("/") || mount.chars().anyMatch(Character::isISOControl))
      return Optional.of(new Label("不是挂载点：" + mount, "no mount point: " + mount));
    if (context.evidence().get(DiskCheck.RECLAIMABLE) instanceof List<?> places && places.isEmpty())
      return Optional.of(
          new Label(
              mount + " 上没有可以安全清理的内容，须由人处理",
              "nothing on " + mount + " may be deleted safely; a person has to look"));
    return Optional.empty();
  }

  @Override
  public Result run(ActionContext context) {
    String keep = Objects.toString(context.params().get("journal_keep"), "");
    String days = Objects.toString(context.params().get("temp_days"), "");
    if (!keep.matches("([0-9]{1,6}[KMG])?") || !days.matches("([0-9]{1,4})?"))
      return new Result.Failed(
          new Label(
              "参数不对：journal_keep " + keep + "，temp_days " + days,
              "bad parameters: journal_keep " + keep + ", temp_days " + days));
    return Deed.run(
        context,
        head(context.component())
            + "keep=%s days=%s\n".formatted(quoted(keep), quoted(days))
            + Reclaim.STEPS
            + AFTER
            + "done_ \"$m is now at $p% and inodes $i%\" \"$m 现在空间用到 $p%，inode 用到 $i%\"\n",
        Duration.ofMinutes(3));
  }

  private static String head(String mount) {
    return Reclaim.PLACES
        + "m="
        + quoted(mount)
        + "\n[ -d \"$m\" ] || refused \"$m is not there\" \"$m 不存在\"\n";
  }

  @Override
  public Presence probe(ActionContext context) {
    return Deed.probe(
        context,
        head(context.component())
            + AFTER
            + """
            [ "${p:-100}" -lt %1$d ] && [ "${i:-0}" -lt %1$d ] && done_ "blocks $p, inodes $i"
            refused "blocks $p, inodes $i"
            """
                .formatted(DiskCheck.FULL));
  }
}
