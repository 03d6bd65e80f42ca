package io.fettle.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.support.RealSshd;
import io.fettle.transport.ssh.SshOutcome.Failed;
import io.fettle.transport.ssh.SshOutcome.Kind;
import io.fettle.transport.ssh.SshOutcome.Ran;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A server that was reinstalled under the same address. */
class HostKeyChangedTest {
  @Test
  void anotherKeyIsNotSpokenToAndTheLogInIsNeverTried() {
    MinaSsh ssh = SshTest.ssh(new MemoryHostKeys());
    try (RealSshd sshd = RealSshd.start()) {
      sshd.user("alice", "Alice-99");
      var target = new SshTarget(sshd.endpoint(), "alice", null, "Alice-99".toCharArray());
      var command = new SshCommand("true", false, Duration.ofSeconds(5), 1000);
      assertThat(ssh.run(target, command)).isInstanceOf(Ran.class);

      sshd.reinstall();
      int before = sshd.log().length();
      SshOutcome outcome = ssh.run(target, command);

      assertThat(outcome).isInstanceOf(Failed.class);
      assertThat(((Failed) outcome).kind()).isEqualTo(Kind.HOST_KEY_CHANGED);
      assertThat(sshd.log().substring(before)).doesNotContain("alice");
    } finally {
      ssh.destroy();
    }
  }
}
