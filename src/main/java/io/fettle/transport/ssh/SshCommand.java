package io.fettle.transport.ssh;

import java.time.Duration;

/**
 * One exec.
 *
 * @param script POSIX sh text; travels as an argument or file, never mixed with a password
 * @param root true to run it as root ({@code sudo -n} first; a password only when asked for)
 * @param limit the whole command's time limit
 * @param outputLimit bytes kept of each stream; what is beyond is counted, not kept
 */
public record SshCommand(String script, boolean root, Duration limit, int outputLimit) {
  /** As root, 30 s, 256 KiB. */
  public static SshCommand asRoot(String script) {
    return new SshCommand(script, true, Duration.ofSeconds(30), 262_144);
  }
}
