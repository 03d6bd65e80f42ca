package io.fettle.batch;

import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action.Presence;
import io.fettle.remediation.action.Action.Result;
import io.fettle.remediation.action.ActionContext;
import io.fettle.transport.ssh.SshOutcome;
import java.util.Map;
import java.util.Optional;

/** Takes a put file back: what was there comes into its place again, or nothing does. */
final class FileBack {
  /** In place of a checksum of {@link FilePut}: only its own way back says so, never a person. */
  static final String FILE = "back";

  private FileBack() {}

  static boolean is(Map<String, Object> params) {
    return FilePut.text(params, "file").equals(FILE);
  }

  /**
   * The way back of a put.
   *
   * @param keep where the old one is kept; empty when there was none
   */
  static Map<String, Object> way(String placed, String keep, RemoteFile.Seen was) {
    return Map.of(
        "file", FILE, "placed", placed, "keep", keep, "was", was.sha256(), "was_mode", was.mode());
  }

  static Optional<Label> refuses(Map<String, Object> params) {
    String keep = FilePut.text(params, "keep");
    boolean right =
        FilePut.text(params, "placed").matches("[0-9a-f]{64}")
            && (keep.isEmpty() || keep.startsWith(FilePut.text(params, "to") + ".fettle-"));
    return right ? Optional.empty() : Optional.of(new Label("没有回退的办法", "There is no way back"));
  }

  static Result run(ActionContext context, RemoteFile there, String path) {
    Map<String, Object> params = context.params();
    String placed = FilePut.text(params, "placed");
    String was = FilePut.text(params, "was");
    if (!was.isEmpty())
      context.wayBack(
          Map.of(
              "file", placed, FilePut.ONLY_OVER, was, "replace", "yes", "placed", "", "keep", ""));
    String script = FileScripts.back(path, placed, FilePut.text(params, "keep"));
    return switch (there.run(script, true)) {
      case SshOutcome.Ran ran when ran.exit() == 0 ->
          new Result.Done(new Label("已恢复原样", "Put back as it was"));
      case SshOutcome.Ran ran ->
          new Result.Failed(RemoteFile.cannot("没有恢复", "It was not put back", ran));
      case SshOutcome.Failed failed when failed.maybeStarted() ->
          new Result.Uncertain(failed.words());
      case SshOutcome.Failed failed -> new Result.Failed(failed.words());
    };
  }

  /** Whether what was there lies there again. */
  static Presence probe(Map<String, Object> params, RemoteFile.Seen seen) {
    String was = FilePut.text(params, "was");
    boolean back =
        was.isEmpty() // written by a version that did not keep it
            ? !seen.sha256().equals(FilePut.text(params, "placed"))
            : seen.sha256().equals(was) && seen.mode().equals(FilePut.text(params, "was_mode"));
    return back ? Presence.PRESENT : Presence.ABSENT;
  }
}
