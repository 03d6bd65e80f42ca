package io.fettle.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Endpoint;
import io.fettle.support.LabProcess;
import io.fettle.transport.ssh.SshOutcome.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lab's machines understand how scripts travel. */
class LabSpeaksTest {
  @TempDir private Path dir;

  @Test
  void scriptsRunThereAsAUserAndAsRoot() throws Exception {
    MinaSsh ssh = SshTest.ssh(new MemoryHostKeys());
    try (LabProcess _ = new LabProcess(dir.resolve("lab"), 1, null)) {
      Path lab = dir.resolve("lab");
      char[] key = Files.readString(lab.resolve("id_ecdsa")).toCharArray();
      var address =
          Pattern.compile("127[0-9.]+:[0-9]+")
              .matcher(Files.readString(lab.resolve("machines.csv")));
      assertThat(address.find()).isTrue();
      var target = new SshTarget(Endpoint.parse(address.group(), 22), "fettle", key, null);
      var limit = Duration.ofSeconds(10);

      assertThat(ssh.run(target, new SshCommand("id -un; exit 3", false, limit, 1000)))
          .isInstanceOfSatisfying(
              Ran.class,
              ran -> {
                assertThat(ran.out()).isEqualTo("fettle\n");
                assertThat(ran.exit()).isEqualTo(3);
              });
      assertThat(ssh.run(target, new SshCommand("id -u\necho a >&2\nexit 1", true, limit, 1000)))
          .isInstanceOfSatisfying(
              Ran.class,
              ran -> {
                assertThat(ran.out()).isEqualTo("0\n");
                assertThat(ran.err()).isEqualTo("a\n");
                assertThat(ran.exit()).isEqualTo(1);
              });
    } finally {
      ssh.destroy();
    }
  }
}
