package io.fettle.transport.ssh;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Tells of the output only after the script has said on standard error that it started. */
final class AfterMark implements SshCommand.Heard {
  /** What sudo says before the script is not the script's; more than this it never says. */
  private static final int MOST = 65_536;

  private final String mark;
  private final SshCommand.Heard listener;
  private final ByteArrayOutputStream before = new ByteArrayOutputStream();
  private final ByteArrayOutputStream early = new ByteArrayOutputStream();
  private boolean started;

  private AfterMark(String mark, SshCommand.Heard listener) {
    this.mark = mark + "\n";
    this.listener = listener;
  }

  static SshCommand.@Nullable Heard of(String mark, SshCommand.@Nullable Heard listener) {
    return listener == null ? null : new AfterMark(mark, listener);
  }

  @Override
  public void heard(boolean error, byte[] bytes, int from, int length) {
    if (started) {
      listener.heard(error, bytes, from, length);
      return;
    }
    ByteArrayOutputStream kept = error ? before : early;
    kept.write(bytes, from, Math.min(length, MOST - Math.min(MOST, kept.size())));
    if (!error) return;
    String said = before.toString(StandardCharsets.ISO_8859_1);
    int at = said.indexOf(mark);
    if (at < 0) return;
    started = true;
    listener.heard(false, early.toByteArray(), 0, early.size());
    byte[] after = said.substring(at + mark.length()).getBytes(StandardCharsets.ISO_8859_1);
    listener.heard(true, after, 0, after.length);
  }
}
