package io.fettle.transport.ssh;

import io.fettle.kernel.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * Where and as whom to run a command.
 *
 * @param password for password log-in, or for sudo after key log-in; null when there is none
 * @param privateKey OpenSSH or PEM text; null for password log-in
 */
public record SshTarget(
    Endpoint endpoint, String user, char @Nullable [] privateKey, char @Nullable [] password) {
  @Override
  public String toString() {
    return user + "@" + endpoint;
  }
}
