package io.fettle.transport.ssh;

import io.fettle.transport.LabGuard;
import java.time.Duration;
import org.springframework.util.unit.DataSize;

/** The real SSH transport for other rooms' tests, host keys pinned in memory. */
public final class TestSsh implements AutoCloseable {
  private final MinaSsh ssh =
      new MinaSsh(
          new SshSettings(
              Duration.ofSeconds(10),
              Duration.ofSeconds(10),
              Duration.ofSeconds(60),
              Duration.ofMinutes(2),
              DataSize.ofMegabytes(1),
              8,
              8,
              4,
              Duration.ofSeconds(20)),
          new LabGuard(true),
          new MemoryHostKeys());

  public SshOutcome run(SshTarget target, SshCommand command) {
    return ssh.run(target, command);
  }

  @Override
  public void close() throws Exception {
    ssh.destroy();
  }
}
