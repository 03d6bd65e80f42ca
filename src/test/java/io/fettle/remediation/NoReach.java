package io.fettle.remediation;

import io.fettle.kernel.AssetId;
import io.fettle.reach.Reach;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiTalk;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.tcp.Tcp;
import java.util.Optional;

/** The tests' machines are in memory; nobody speaks over a network. */
final class NoReach implements Reach {
  @Override
  public SshOutcome ssh(AssetId machine, SshCommand command) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SshOutcome sshWithCardPassword(AssetId machine, SshCommand command) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<String> cardUser(AssetId machine) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> T ipmi(AssetId machine, IpmiTalk<T> talk) throws IpmiFailure {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean cardAnswers(AssetId machine) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Tcp.Answer tcp(AssetId machine, int port) {
    throw new UnsupportedOperationException();
  }
}
