package io.fettle.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.support.RealSshd;
import io.fettle.transport.HostKeys;
import io.fettle.transport.LabGuard;
import io.fettle.transport.ssh.SshOutcome.Failed;
import io.fettle.transport.ssh.SshOutcome.Ran;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** Against a real OpenSSH server. */
class SshTest {
  private static final String PASSWORD = "Pw-of-alice-9'\"$";
  private static RealSshd sshd;
  private static MinaSsh ssh;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    for (String user : List.of("alice", "nopass", "cached"))
      sshd.user(user, PASSWORD.replace("'", "'\\''"));
    sshd.user("outsider", "Other-9");
    sshd.rootKey();
    sshd.sudoers("nopass ALL=(ALL) NOPASSWD: ALL");
    sshd.sudoers("alice,cached ALL=(ALL) ALL");
    sshd.sudoers("Defaults:cached timestamp_type=global");
    ssh = ssh(new MemoryHostKeys());
  }

  @AfterAll
  static void stop() {
    ssh.destroy();
    sshd.close();
  }

  static MinaSsh ssh(HostKeys keys) {
    return new MinaSsh(
        new SshSettings(
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            DataSize.ofMegabytes(32),
            256,
            256,
            256,
            Duration.ofSeconds(20)),
        new LabGuard(true),
        keys);
  }

  private static SshTarget byKey(String user, @Nullable String password) {
    return new SshTarget(
        sshd.endpoint(), user, sshd.key(), password == null ? null : password.toCharArray());
  }

  private static Ran ran(SshOutcome outcome) {
    assertThat(outcome).isInstanceOf(Ran.class);
    return (Ran) outcome;
  }

  private static Failed failed(SshOutcome outcome) {
    assertThat(outcome).isInstanceOf(Failed.class);
    return (Failed) outcome;
  }

  private static SshCommand plain(String script) {
    return new SshCommand(script, false, Duration.ofSeconds(10), 262_144);
  }

  @Test
  void runsAScriptByKeyAndTellsItsStreamsAndExitApart() {
    Ran ran =
        ran(
            ssh.run(
                byKey("outsider", null),
                plain("echo \"it's $(id -un)\"; echo oops >&2; cat; exit 7")));

    assertThat(ran.exit()).isEqualTo(7);
    assertThat(ran.out()).isEqualTo("it's outsider\n");
    assertThat(ran.err()).isEqualTo("oops\n");
    assertThat(ran.cut()).isFalse();
  }

  @Test
  void runsAsRootInEveryWayToBecomeRoot() {
    for (SshTarget target :
        List.of(
            byKey("root", null),
            byKey("nopass", null),
            byKey("nopass", PASSWORD),
            byKey("alice", PASSWORD))) {
      Ran ran = ran(ssh.run(target, SshCommand.asRoot("id -u; cat; echo late >&2; exit 3")));
      assertThat(List.of(ran.exit(), ran.out(), ran.err())).isEqualTo(List.of(3, "0\n", "late\n"));
    }
    assertThat(sshd.sh("ls /dev/shm/ | grep -c '^fettle' || true")).isEqualTo("0\n");
  }
}
