package io.fettle.transport.ssh;

/** Front door: one command or one file on one endpoint. Blocks; call it on a virtual thread. */
public interface Ssh {
  SshOutcome run(SshTarget target, SshCommand command);

  /**
   * Copies one file.
   *
   * @return {@code Ran} with exit 0 when it is done, with exit 1 and the server's words on the
   *     error stream when the server said no
   */
  SshOutcome copy(SshTarget target, SshCopy copy);
}
