package io.fettle.transport.ssh;

/** Front door: one command on one endpoint. Blocks; call it on a virtual thread. */
public interface Ssh {
  SshOutcome run(SshTarget target, SshCommand command);
}
