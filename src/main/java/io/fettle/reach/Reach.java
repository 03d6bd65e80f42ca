package io.fettle.reach;

import io.fettle.kernel.AssetId;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiTalk;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.tcp.Tcp;

/**
 * Front door: speak to a machine of the register by its address and its assigned credential. Limits
 * apply.
 */
public interface Reach {
  /** Runs one command on the machine's operating system. */
  SshOutcome ssh(AssetId machine, SshCommand command);

  /** Talks to the machine's management card out of band. */
  <T> T ipmi(AssetId machine, IpmiTalk<T> talk) throws IpmiFailure;

  /** True when the card answers anybody at all (no log-in). */
  boolean cardAnswers(AssetId machine);

  /** Probes a TCP port on the machine's own address; port 0 means the machine's SSH port. */
  Tcp.Answer tcp(AssetId machine, int port);
}
