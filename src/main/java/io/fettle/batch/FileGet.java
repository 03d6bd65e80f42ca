package io.fettle.batch;

import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import io.fettle.remediation.action.Foresight;
import io.fettle.transport.ssh.SshCopy;
import io.fettle.transport.ssh.SshOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Fetches a file from a machine over SFTP; what arrives is what the machine's checksum says. */
@Component
final class FileGet implements Action {
  static final String NAME = "file.get";

  private final FileStore store;
  private final long most;

  FileGet(FileStore store, FileSettings settings) {
    this.store = store;
    this.most = settings.get().toBytes();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Label label() {
    return new Label("从机器取回文件", "Fetch a file from the machine");
  }

  @Override
  public Effect effect() {
    return Effect.READ;
  }

  @Override
  public Idempotence idempotence() {
    return Idempotence.STATE;
  }

  @Override
  public Duration timeLimit() {
    return RemoteFile.LIMIT.plusMinutes(4);
  }

  @Override
  public List<Complaint> complaints(Map<String, Object> params) {
    return RemoteFile.pathOf(params, "path") != null
        ? List.of()
        : List.of(
            new Complaint(
                "path",
                RemoteFile.noPath(
                    String.valueOf(params.getOrDefault("path", "")), "/var/log/messages")));
  }

  @Override
  public Optional<Label> refuses(ActionContext context) {
    return complaints(context.params()).stream().findFirst().map(Complaint::sentence);
  }

  @Override
  public Result run(ActionContext context) {
    String path = String.valueOf(context.params().get("path"));
    RemoteFile there = new RemoteFile(context, path);
    RemoteFile.Look look = there.look(most);
    RemoteFile.Seen seen = look.seen();
    if (seen == null) return new Result.Failed(why(look));
    Label no = no(path, seen);
    if (no != null) return new Result.Failed(no);
    // Once as it comes, once as it is taken in.
    try (FileStore.Room _ = store.room(2 * seen.size())) {
      return fetch(context, there, path, seen);
    } catch (Problem e) {
      return new Result.Failed(e.title());
    } catch (IOException e) {
      return new Result.Failed(
          new Label("Fettle 的磁盘写不下：" + e, "Fettle could not keep it on its own disk: " + e));
    }
  }

  private Result fetch(ActionContext context, RemoteFile there, String path, RemoteFile.Seen seen)
      throws IOException {
    boolean root = RemoteFile.yes(context.params(), "root");
    String lent = "/tmp/" + RemoteFile.unguessable();
    if (root && there.run(FileScripts.lend(path, lent), true) instanceof SshOutcome.Failed failed)
      return new Result.Failed(failed.words());
    try {
      return fetch(context, path, root ? lent : path, seen);
    } finally {
      if (root) there.run(FileScripts.remove(lent), false);
    }
  }

  private static Label why(RemoteFile.Look look) {
    return look.why() == null ? new Label("没有回答", "No answer") : look.why();
  }

  /** Why what lies there is not fetched; null when it is. */
  private @Nullable Label no(String path, RemoteFile.Seen seen) {
    if (seen.kind().equals("none") || seen.kind().equals("nofolder"))
      return new Label(path + " 不存在", path + " does not exist");
    if (seen.size() > most)
      return new Label(
          path + " 有 " + seen.size() + " 字节，超过上限 " + most + "（batch.files.get）",
          path + " has " + seen.size() + " bytes, more than " + most + " (batch.files.get)");
    return RemoteFile.closed(path, seen);
  }

  /** Reads it there as far as its checksum, so that what may not be read is said too. */
  @Override
  public Foresight foresee(ActionContext context) {
    String path = String.valueOf(context.params().get("path"));
    RemoteFile.Look look = new RemoteFile(context, path).look(most);
    RemoteFile.Seen seen = look.seen();
    if (seen == null) return new Foresight.Untold(why(look));
    Label no = no(path, seen);
    if (no != null) return new Foresight.WouldNot(no);
    return new Foresight.WouldRead(
        new Label(
            path + "，" + seen.size() + " 字节，mode " + seen.mode(),
            path + ", " + seen.size() + " bytes, mode " + seen.mode()));
  }

  private Result fetch(ActionContext context, String path, String from, RemoteFile.Seen seen)
      throws IOException {
    Path fresh = store.fresh();
    try {
      SshCopy copy = SshCopy.from(from, fresh, most, RemoteFile.LIMIT);
      return switch (context.reach().copy(context.machine().id(), copy)) {
        case SshOutcome.Failed failed -> new Result.Failed(failed.words());
        case SshOutcome.Ran ran when ran.exit() != 0 ->
            new Result.Failed(RemoteFile.cannot("SFTP 没有给出它", "SFTP did not give it", ran));
        case SshOutcome.Ran _ -> kept(context, path, fresh, seen);
      };
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private Result kept(ActionContext context, String path, Path fresh, RemoteFile.Seen seen)
      throws IOException {
    FileStore.Content content;
    try (InputStream in = Files.newInputStream(fresh)) {
      content = store.take(in, most);
    }
    if (!content.sha256().equals(seen.sha256()))
      return new Result.Failed(
          new Label(
              path + " 在读取时变了（校验和不一致）：请再取一次",
              path + " changed while it was read (its checksum is another): fetch it again"));
    if (!context.keep(path, content.file(), content.size(), content.sha256()))
      return new Result.Failed(new Label("只有作业能保存文件", "Only a job keeps files"));
    context.transcript(
        "← " + path + " sha256 " + content.sha256() + " " + content.size() + " bytes");
    return new Result.Done(new Label("已取回，校验和一致", "Fetched, with the same checksum"));
  }

  /** Reading again is as good as having read. */
  @Override
  public Presence probe(ActionContext context) {
    return Presence.PRESENT;
  }
}
