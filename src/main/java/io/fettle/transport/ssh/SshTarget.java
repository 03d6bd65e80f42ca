package io.fettle.transport.ssh;

import io.fettle.kernel.Endpoint;
import io.fettle.transport.HostKey;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where and as whom to run a command.
 *
 * @param password for password log-in, or for sudo after key log-in; null when there is none
 * @param privateKey OpenSSH or PEM text; null for password log-in
 * @param pinned host keys read a moment ago, this endpoint's among them where it has one; null when
 *     they are to be read
 */
public record SshTarget(
    Endpoint endpoint,
    String user,
    char @Nullable [] privateKey,
    char @Nullable [] password,
    @Nullable Map<Endpoint, HostKey> pinned) {
  /** One whose host key is to be read. */
  public SshTarget(
      Endpoint endpoint, String user, char @Nullable [] privateKey, char @Nullable [] password) {
    this(endpoint, user, privateKey, password, null);
  }

  @Override
  public String toString() {
    return user + "@" + endpoint;
  }
}
