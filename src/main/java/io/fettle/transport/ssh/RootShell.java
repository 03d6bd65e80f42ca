package io.fettle.transport.ssh;

import io.fettle.transport.ssh.SshOutcome.Kind;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.sshd.client.session.ClientSession;
import org.jspecify.annotations.Nullable;

/**
 * Runs a script as root for a user who is not. First without a password: then the script comes on
 * standard input. Where sudo wants one, the script is stored in a file first and standard input
 * carries the password alone, sent only after sudo has asked for it with a prompt that nobody else
 * can know. What sudo starts says so first, so that sudo's refusal is never taken for the script's
 * exit status, nor a script that no shell can read for a refusal.
 */
final class RootShell {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern STORED = Pattern.compile("/[\\w./-]+/fettle\\.[A-Za-z0-9]{10}");

  private final ClientSession session;
  private final SshTarget target;
  private final SshCommand command;
  private final long ceiling;
  private final Deadline until;
  private final RefusedPasswords refused;

  RootShell(
      ClientSession session,
      SshTarget target,
      SshCommand command,
      long ceiling,
      Deadline until,
      RefusedPasswords refused) {
    this.session = session;
    this.target = target;
    this.command = command;
    this.ceiling = ceiling;
    this.until = until;
    this.refused = refused;
  }

  /** What came of it, before times are added. */
  record Ended(int exit, String out, String err, boolean cut) {}

  Ended run() throws SshFailure {
    String mark = mark();
    String script = ShellText.whole(command.script());
    Streams streams = streams(AfterMark.of(mark, command.heard()));
    int exit;
    try (Exec exec =
        Exec.start(
            session, "sudo -n " + ShellText.fromInput(command.limit(), mark), streams, until)) {
      command.checkMayStart();
      exec.send(script);
      exec.sendEnd();
      exit = exec.end(until);
    }
    Optional<Ended> ran = ran(exit, streams, mark);
    if (ran.isPresent()) return ran.get();
    char[] password = target.password();
    if (password == null)
      throw new SshFailure(Kind.SUDO_REFUSED, "sudo refused without a password: " + said(streams));
    if (refused.pausing(target, password))
      throw new SshFailure(
          Kind.SUDO_REFUSED,
          "sudo refused this password a short while ago; it is not offered again yet, lest the"
              + " account be locked");
    return withPassword(password);
  }

  private Ended withPassword(char[] password) throws SshFailure {
    String mark = mark();
    String prompt = mark();
    String file = store(ShellText.whole("rm -f -- \"$0\"\n" + command.script()));
    Streams streams = streams(null);
    String line =
        "sudo -S -p '%s' %s; r=$?; rm -f -- %s; exit $r"
            .formatted(
                prompt, ShellText.fromFile(file, command.limit(), mark), SshCommand.quoted(file));
    int exit;
    boolean sent = false;
    command.checkMayStart();
    try (Exec exec = Exec.start(session, line, streams, until)) {
      sent = answer(exec, streams, prompt, mark, password);
      exec.sendEnd();
      exit = exec.end(until);
    } catch (SshFailure e) {
      ran(-1, streams, mark).ifPresent(said -> told(without(password, said)));
      throw e;
    }
    Optional<Ended> ran = ran(exit, streams, mark);
    if (ran.isPresent()) return told(sent ? without(password, ran.get()) : ran.get());
    boolean wrong = sent && count(streams.errText(), prompt) > 1;
    if (wrong) refused.refused(target, password);
    throw new SshFailure(
        Kind.SUDO_REFUSED,
        wrong
            ? "sudo did not take the password"
            : "sudo refused: " + said(streams).replace(prompt, ""));
  }

  /** Sends the password if, and only if, sudo asks for it; true when it was sent. */
  private boolean answer(Exec exec, Streams streams, String prompt, String mark, char[] password) {
    exec.await(
        () -> streams.errText().contains(mark) || count(streams.errText(), prompt) > 0, until);
    if (streams.errText().contains(mark) || count(streams.errText(), prompt) == 0) return false;
    byte[] line = line(password);
    exec.send(line);
    Arrays.fill(line, (byte) 0);
    exec.await(
        () -> streams.errText().contains(mark) || count(streams.errText(), prompt) > 1, until);
    return true;
  }

  private String store(String script) throws SshFailure {
    Streams streams = new Streams(4096, ceiling);
    try (Exec exec = Exec.start(session, ShellText.asArgument(ShellText.store()), streams, until)) {
      exec.send(script);
      exec.sendEnd();
      int exit = exec.end(until);
      String file = streams.outText().strip();
      if (exit == 0 && STORED.matcher(file).matches()) return file;
      throw new SshFailure(
          Kind.BROKEN_BEFORE_SEND, "The script could not be stored: " + said(streams));
    } catch (SshFailure e) {
      if (e.kind() == Kind.BROKEN_BEFORE_SEND) throw e;
      throw new SshFailure(Kind.BROKEN_BEFORE_SEND, "The script could not be stored: " + e.why());
    }
  }

  /** Empty when the script never started: then it was sudo that ended. */
  private static Optional<Ended> ran(int exit, Streams streams, String mark) {
    String err = streams.errText();
    int start = err.indexOf(mark + "\n");
    if (start < 0) return Optional.empty();
    return Optional.of(
        new Ended(
            exit, streams.outText(), err.substring(start + mark.length() + 1), streams.cut()));
  }

  /** A hostile machine may send back what it was told. */
  private static Ended without(char[] password, Ended ended) {
    if (password.length == 0) return ended;
    String secret = new String(password);
    return new Ended(
        ended.exit(),
        ended.out().replace(secret, "●●●"),
        ended.err().replace(secret, "●●●"),
        ended.cut());
  }

  /** Where a password travelled, the output is told only once it has been cut out of it. */
  private Ended told(Ended ended) {
    SshCommand.Heard heard = command.heard();
    if (heard == null) return ended;
    byte[] out = ended.out().getBytes(StandardCharsets.UTF_8);
    byte[] err = ended.err().getBytes(StandardCharsets.UTF_8);
    heard.heard(false, out, 0, out.length);
    heard.heard(true, err, 0, err.length);
    return ended;
  }

  private Streams streams(SshCommand.@Nullable Heard heard) {
    return new Streams(command.outputLimit(), ceiling, heard);
  }

  private static String said(Streams streams) {
    String err = streams.errText().strip();
    return err.length() > 300 ? err.substring(0, 300) + "…" : err;
  }

  private static int count(String text, String what) {
    int found = 0;
    for (int at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + what.length())) found++;
    return found;
  }

  private static byte[] line(char[] password) {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
    byte[] line = new byte[bytes.remaining() + 1];
    bytes.get(line, 0, line.length - 1);
    line[line.length - 1] = '\n';
    Arrays.fill(bytes.array(), (byte) 0);
    return line;
  }

  private static String mark() {
    byte[] random = new byte[12];
    RANDOM.nextBytes(random);
    return "fettle-" + HexFormat.of().formatHex(random);
  }
}
