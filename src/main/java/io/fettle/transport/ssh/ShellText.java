package io.fettle.transport.ssh;

import static io.fettle.transport.ssh.SshCommand.quoted;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The few command lines that are sent, and how a script travels. */
final class ShellText {
  /** Room for quoting below the kernel's 128 KiB for one argument. */
  static final int LONGEST_ARGUMENT = 100 * 1024;

  /** Reads all of standard input first, so that the script's commands find it empty. */
  private static final String EVALUATE = "eval \"$(cat)\"";

  private ShellText() {}

  /** The script as an argument: for scripts that anybody on the machine may read. */
  static String asArgument(String script) {
    return "exec /bin/sh -c " + quoted(script);
  }

  /** Runs what comes on standard input. */
  static String fromInput() {
    return "exec /bin/sh -c " + quoted(EVALUATE);
  }

  /**
   * Runs what comes on standard input, with an end set by the machine itself: the server passes no
   * signal to root's commands, and a hung visit must not leave one more process each time.
   *
   * @param mark said on standard error first, whatever the script is: sudo let it in; null: nothing
   *     is said
   */
  static String fromInput(Duration limit, @Nullable String mark) {
    return "/bin/sh -c "
        + quoted(
            said(mark)
                + "if command -v timeout >/dev/null 2>&1; then exec timeout -k 5 "
                + seconds(limit)
                + " /bin/sh -c "
                + quoted(EVALUATE)
                + "; else "
                + EVALUATE
                + "; fi");
  }

  /** Runs the file named by {@code $0}, with an end as above. */
  static String fromFile(String file, Duration limit, String mark) {
    return "/bin/sh -c "
        + quoted(
            said(mark)
                + "if command -v timeout >/dev/null 2>&1; then exec timeout -k 5 "
                + seconds(limit)
                + " /bin/sh \"$0\"; else exec /bin/sh \"$0\"; fi")
        + " "
        + quoted(file);
  }

  /**
   * Stores standard input in a file of one's own (memory first: a disk may be full); says where.
   */
  static String store() {
    return """
    umask 077
    for d in /dev/shm "${TMPDIR:-/tmp}" /var/tmp; do
      f=$(mktemp "$d/fettle.XXXXXXXXXX" 2>/dev/null) && break
    done
    [ -n "$f" ] || { echo "no folder for a temporary file" >&2; exit 1; }
    cat >"$f" || { rm -f "$f"; exit 1; }
    printf '%s\\n' "$f"
    """;
  }

  /** One compound command: a script cut off on its way is a syntax error, never half a script. */
  static String whole(String script) {
    return "{\n" + script + "\n}\n";
  }

  private static String said(@Nullable String mark) {
    return mark == null ? "" : "printf '%s\\n' " + quoted(mark) + " >&2; ";
  }

  private static long seconds(Duration limit) {
    return limit.plusMillis(999).toSeconds() + 5;
  }
}
