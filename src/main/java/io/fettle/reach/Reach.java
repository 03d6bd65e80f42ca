package io.fettle.reach;

import io.fettle.cmdb.MachineCard;
import io.fettle.kernel.AssetId;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiTalk;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshCopy;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.tcp.Tcp;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Front door: speak to a machine of the register by its address and its assigned credential. Limits
 * apply.
 */
public interface Reach {
  /**
   * The same for a caller that goes to all of these machines at the next moment: what the register
   * and the assignments say of them is read now, at once, and not asked again.
   */
  default Reach near(Collection<AssetId> machines) {
    return this;
  }

  /** Runs one command on the machine's operating system. */
  SshOutcome ssh(AssetId machine, SshCommand command);

  /**
   * Copies one file over SFTP as the assigned user; told as {@link
   * io.fettle.transport.ssh.Ssh#copy}.
   */
  default SshOutcome copy(AssetId machine, SshCopy copy) {
    return new SshOutcome.Failed(
        SshOutcome.Kind.BROKEN_BEFORE_SEND, "No SFTP leads to this machine", Duration.ZERO);
  }

  /**
   * As {@link #ssh}, but logged in as another user with a key of the caller's own, on a connection
   * of its own: same address, host key checked and limits kept as ever. For proving that a log-in
   * works.
   */
  default SshOutcome sshAs(AssetId machine, String user, char[] privateKey, SshCommand command) {
    return new SshOutcome.Failed(
        SshOutcome.Kind.NO_CREDENTIAL,
        "No log-in with another key leads to this machine",
        Duration.ZERO);
  }

  /**
   * As {@link #ssh}, as root, with the assigned BMC credential at hand in the script: the shell
   * function {@code card_password} prints its password. The password travels inside the script,
   * which goes over standard input: never in an argument, an environment or a file that others may
   * read; it is cut out of what comes back. Fails with NO_CREDENTIAL when none is assigned, as it
   * is for every machine where nothing else is said.
   */
  default SshOutcome sshWithCardPassword(AssetId machine, SshCommand command) {
    return new SshOutcome.Failed(
        SshOutcome.Kind.NO_CREDENTIAL,
        "No BMC credential is assigned to this machine",
        Duration.ZERO);
  }

  /** User name of the assigned BMC credential; empty when none is assigned. */
  default Optional<String> cardUser(AssetId machine) {
    return Optional.empty();
  }

  /** Those of these machines to which a credential is assigned for this way; opens none. */
  default Set<AssetId> assigned(Way way, Collection<MachineCard> machines) {
    return machines.stream().map(MachineCard::id).collect(Collectors.toSet());
  }

  /** Talks to the machine's management card out of band. */
  <T> T ipmi(AssetId machine, IpmiTalk<T> talk) throws IpmiFailure;

  /**
   * True when the card answers anybody at all (no log-in).
   *
   * @throws IpmiFailure BUSY when it was not asked
   */
  boolean cardAnswers(AssetId machine) throws IpmiFailure;

  /** Probes a TCP port on the machine's own address; port 0 means the machine's SSH port. */
  Tcp.Answer tcp(AssetId machine, int port);
}
