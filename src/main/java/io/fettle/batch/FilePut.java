package io.fettle.batch;

import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import io.fettle.remediation.action.Foresight;
import io.fettle.transport.ssh.SshCopy;
import io.fettle.transport.ssh.SshOutcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Puts a file on a machine: over SFTP under a name of its own, compared there by checksum, renamed
 * into its place in one step; what was there is kept beside it and can be put back.
 */
@Component
final class FilePut implements Action {
  static final String NAME = "file.put";

  /** Checksum of what alone this may replace; given by the way back of a {@link FileBack}. */
  static final String ONLY_OVER = "only_over";

  private final FileStore store;

  FilePut(FileStore store) {
    this.store = store;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Label label() {
    return new Label("把文件放到机器上", "Put a file on the machine");
  }

  @Override
  public Effect effect() {
    return Effect.REVERSIBLE;
  }

  @Override
  public Idempotence idempotence() {
    return Idempotence.PROBED;
  }

  @Override
  public Duration timeLimit() {
    return RemoteFile.LIMIT.plusMinutes(4);
  }

  @Override
  public boolean undoable() {
    return true;
  }

  @Override
  public List<Complaint> complaints(Map<String, Object> params) {
    List<Complaint> wrong = new ArrayList<>();
    String file = text(params, "file");
    if (!file.matches("[0-9a-f]{64}") || !Files.exists(store.file(file)))
      wrong.add(
          new Complaint(
              "file",
              new Label(
                  "“" + file + "”：须是已交来的文件的 SHA-256（POST /api/v1/files）",
                  "'"
                      + file
                      + "': the SHA-256 of a file that was handed in (POST /api/v1/files)")));
    if (RemoteFile.pathOf(params, "to") == null)
      wrong.add(new Complaint("to", RemoteFile.noPath(text(params, "to"), "/etc/motd")));
    if (params.get("mode") instanceof Number
        || !text(params, "mode").matches("|0?[0-7]{3}|[0-7]{4}"))
      wrong.add(
          new Complaint(
              "mode",
              new Label(
                  "“" + text(params, "mode") + "”：须是带引号的八进制权限，如 \"0644\"",
                  "'" + text(params, "mode") + "': an octal mode in quotes, such as \"0644\"")));
    return wrong;
  }

  @Override
  public Optional<Label> refuses(ActionContext context) {
    if (FileBack.is(context.params())) return FileBack.refuses(context.params());
    return complaints(context.params()).stream().findFirst().map(Complaint::sentence);
  }

  @Override
  public Result run(ActionContext context) {
    String path = path(context);
    RemoteFile there = new RemoteFile(context, path);
    if (FileBack.is(context.params())) return FileBack.run(context, there, path);
    RemoteFile.Look look = there.place();
    RemoteFile.Seen seen = look.seen();
    if (seen == null) return new Result.Failed(why(look));
    Label no = no(context, path, look, seen);
    if (no != null) return new Result.Failed(no);
    if (isThere(context, seen)) return new Result.Done(same());
    return bring(context, there, path, seen);
  }

  private Result bring(ActionContext context, RemoteFile there, String path, RemoteFile.Seen seen) {
    String sha256 = text(context.params(), "file");
    Path content = store.file(sha256);
    String arrived = "/tmp/" + RemoteFile.unguessable();
    SshOutcome sent =
        context
            .reach()
            .copy(
                context.machine().id(),
                SshCopy.to(arrived, content, RemoteFile.LIMIT, context::mayLeave));
    if (sent instanceof SshOutcome.Failed failed) {
      sweep(there, arrived, failed);
      return new Result.Failed(failed.words()); // its place was not touched
    }
    if (sent instanceof SshOutcome.Ran ran && ran.exit() != 0) {
      sweep(there, arrived, null);
      return new Result.Failed(RemoteFile.cannot("SFTP 没有收下它", "SFTP did not take it", ran));
    }
    String keep = seen.isFile() ? path + ".fettle-" + seen.sha256().substring(0, 12) : "";
    context.wayBack(FileBack.way(sha256, keep, seen));
    String fresh = path.substring(0, path.lastIndexOf('/') + 1) + RemoteFile.unguessable();
    String script =
        FileScripts.install(
            path, arrived, fresh, sha256, seen.sha256(), keep, text(context.params(), "mode"));
    return switch (there.run(script, true)) {
      case SshOutcome.Ran ran when ran.exit() == 0 -> {
        context.transcript("→ " + path + " sha256 " + sha256 + " " + size(content));
        yield new Result.Done(new Label("已放好，校验和一致", "Put, with the same checksum there"));
      }
      case SshOutcome.Ran ran ->
          new Result.Failed(RemoteFile.cannot("没有放好", "It was not put", ran));
      case SshOutcome.Failed failed when failed.maybeStarted() ->
          new Result.Uncertain(failed.words());
      case SshOutcome.Failed failed -> {
        sweep(there, arrived, null);
        yield new Result.Failed(failed.words());
      }
    };
  }

  /** What arrived and is not used; a machine that does not answer keeps it under /tmp. */
  private static void sweep(RemoteFile there, String arrived, SshOutcome.@Nullable Failed failed) {
    if (failed == null || failed.maybeStarted()) there.run(FileScripts.remove(arrived), false);
  }

  @Override
  public Presence probe(ActionContext context) {
    RemoteFile.Seen seen = new RemoteFile(context, path(context)).look().seen();
    if (seen == null) return Presence.UNKNOWN;
    if (FileBack.is(context.params())) return FileBack.probe(context.params(), seen);
    return isThere(context, seen) ? Presence.PRESENT : Presence.ABSENT;
  }

  @Override
  public Foresight foresee(ActionContext context) {
    String path = path(context);
    RemoteFile.Look look = new RemoteFile(context, path).place();
    RemoteFile.Seen seen = look.seen();
    if (seen == null) return new Foresight.Untold(why(look));
    Label no = no(context, path, look, seen);
    if (no != null) return new Foresight.WouldNot(no);
    if (isThere(context, seen)) return new Foresight.AsWanted(same());
    return new Foresight.Would(
        List.of(
            new Foresight.Change(
                path, brief(seen.sha256()), brief(text(context.params(), "file")))),
        List.of());
  }

  private static @Nullable Label no(
      ActionContext context, String path, RemoteFile.Look look, RemoteFile.Seen seen) {
    Label closed = look.why() == null ? RemoteFile.closed(path, seen) : look.why();
    if (closed != null) return closed;
    String over = text(context.params(), ONLY_OVER);
    if (!over.isEmpty() && !over.equals(seen.sha256()))
      return new Label(path + " 之后被别人改过", "Somebody has changed " + path + " since");
    boolean other = seen.isFile() && !seen.sha256().equals(text(context.params(), "file"));
    return other && !RemoteFile.yes(context.params(), "replace")
        ? new Label(
            path + " 已有别的内容；要替换请写 replace=yes（--replace），旧的会留在旁边",
            path
                + " holds something else already; replace=yes (--replace) puts this in its place"
                + " and keeps the old one beside it")
        : null;
  }

  /** With the mode that was asked for, if one was. */
  private static boolean isThere(ActionContext context, RemoteFile.Seen seen) {
    String mode = text(context.params(), "mode");
    return seen.sha256().equals(text(context.params(), "file"))
        && (mode.isEmpty() || Integer.parseInt(mode, 8) == Integer.parseInt(seen.mode(), 8));
  }

  private static String path(ActionContext context) {
    return text(context.params(), "to");
  }

  private static Label same() {
    return new Label("内容已相同，没有改动", "The same already: nothing was changed");
  }

  private static Label why(RemoteFile.Look look) {
    return look.why() == null ? new Label("没有回答", "No answer") : look.why();
  }

  private static String size(Path content) {
    try {
      return Files.size(content) + " bytes";
    } catch (java.io.IOException e) {
      return "";
    }
  }

  private static String brief(String sha256) {
    return sha256.length() > 12 ? "sha256 " + sha256.substring(0, 12) : sha256;
  }

  static String text(Map<String, Object> params, String name) {
    return String.valueOf(params.getOrDefault(name, ""));
  }
}
