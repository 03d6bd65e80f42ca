package io.fettle.transport.ssh;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One exec.
 *
 * @param script POSIX sh text; travels as an argument or file, never mixed with a password
 * @param root true to run it as root ({@code sudo -n} first; a password only when asked for)
 * @param limit the whole command's time limit
 * @param outputLimit bytes kept of each stream; what is beyond is counted, not kept
 * @param mayStart asked right before the script leaves, when the place, the connection and the
 *     log-in have been waited for; false means TOO_LATE and that nothing ran
 * @param heard told of the output as it comes; null when nobody listens
 */
public record SshCommand(
    String script,
    boolean root,
    Duration limit,
    int outputLimit,
    BooleanSupplier mayStart,
    @Nullable Heard heard) {

  /** Listens to a command's output. Called on the connection's own thread: it must not wait. */
  @FunctionalInterface
  public interface Heard {
    /** Bytes of standard output, or of standard error. */
    void heard(boolean error, byte[] bytes, int from, int length);
  }

  /** One that nobody listens to. */
  public SshCommand(
      String script, boolean root, Duration limit, int outputLimit, BooleanSupplier mayStart) {
    this(script, root, limit, outputLimit, mayStart, null);
  }

  /** One that may start at any time. */
  public SshCommand(String script, boolean root, Duration limit, int outputLimit) {
    this(script, root, limit, outputLimit, () -> true, null);
  }

  /** As root, 30 s, 256 KiB. */
  public static SshCommand asRoot(String script) {
    return new SshCommand(script, true, Duration.ofSeconds(30), 262_144);
  }

  /** The same, started only while this says so. */
  public SshCommand onlyWhile(BooleanSupplier allowed) {
    return new SshCommand(script, root, limit, outputLimit, allowed, heard);
  }

  /** The same, with its output told as it comes; also of a command that is killed later. */
  public SshCommand toldTo(Heard listener) {
    return new SshCommand(script, root, limit, outputLimit, mayStart, listener);
  }

  void checkMayStart() throws SshFailure {
    if (!mayStart.getAsBoolean())
      throw new SshFailure(
          SshOutcome.Kind.TOO_LATE,
          "The time in which it could be sent was over before it was its turn");
  }

  /** One word for any POSIX shell. */
  public static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
