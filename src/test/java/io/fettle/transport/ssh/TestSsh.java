package io.fettle.transport.ssh;

/** The real SSH client for other rooms' tests, pins in memory. */
public final class TestSsh implements Ssh, AutoCloseable {
  private final MinaSsh ssh = SshTest.ssh(new MemoryHostKeys());

  @Override
  public SshOutcome run(SshTarget target, SshCommand command) {
    return ssh.run(target, command);
  }

  @Override
  public SshOutcome copy(SshTarget target, SshCopy copy) {
    return ssh.copy(target, copy);
  }

  @Override
  public void close() {
    ssh.destroy();
  }
}
