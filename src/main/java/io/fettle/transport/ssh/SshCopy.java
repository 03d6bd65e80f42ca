package io.fettle.transport.ssh;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * One file over SFTP (draft-ietf-secsh-filexfer-02, as OpenSSH speaks it), as the user who logs in.
 *
 * @param sending true to the machine, false from it
 * @param remote absolute path there; when sending it is made, readable by that user alone, and must
 *     not exist
 * @param local the file here; when fetching it is written anew
 * @param most bytes that are fetched at most
 * @param limit the whole transfer's time limit
 * @param mayStart asked right before the first byte is sent; false means TOO_LATE
 */
public record SshCopy(
    boolean sending,
    String remote,
    Path local,
    long most,
    Duration limit,
    BooleanSupplier mayStart) {
  /** To the machine. */
  public static SshCopy to(String remote, Path local, Duration limit, BooleanSupplier mayStart) {
    return new SshCopy(true, remote, local, Long.MAX_VALUE, limit, mayStart);
  }

  /** From the machine. */
  public static SshCopy from(String remote, Path local, long most, Duration limit) {
    return new SshCopy(false, remote, local, most, limit, () -> true);
  }
}
