package io.fettle.monitoring;

import io.fettle.cmdb.MachineDoc;
import io.fettle.kernel.AssetId;
import io.fettle.monitoring.check.Check;
import io.fettle.reach.Reach;
import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiRequest;
import io.fettle.transport.ipmi.IpmiSession;
import io.fettle.transport.ipmi.IpmiTalk;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.tcp.Tcp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Every machine is this one: scripts run in its real shell. Its card counts sessions. */
final class ShellReach implements Reach {
  final AtomicInteger execs = new AtomicInteger();
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger closed = new AtomicInteger();
  volatile @Nullable SshOutcome instead;
  volatile IpmiFailure.@Nullable Kind cardFails;

  static MachineVisit visit(Reach reach, Check... checks) {
    return new MachineVisit(
        machine(new AssetId(new UUID(1, 1))),
        List.of(checks),
        reach,
        "0123456789abcdef",
        Duration.ofSeconds(30),
        Instant.EPOCH,
        false);
  }

  static MachineDoc machine(AssetId id) {
    return new MachineDoc(
        id,
        JsonMapper.shared().createObjectNode().put("type", "server").put("asset_no", "A0001"),
        1);
  }

  @Override
  public SshOutcome ssh(AssetId machine, SshCommand command) {
    execs.incrementAndGet();
    SshOutcome told = instead;
    if (told != null) return told;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Process process = new ProcessBuilder("sh", "-c", command.script()).start();
      var err = threads.submit(() -> text(process.getErrorStream().readAllBytes()));
      String out = text(process.getInputStream().readAllBytes());
      return new SshOutcome.Ran(process.waitFor(), out, err.get(), false, Duration.ZERO);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public <T> T ipmi(AssetId machine, IpmiTalk<T> talk) throws IpmiFailure {
    opened.incrementAndGet();
    IpmiFailure.Kind fails = cardFails;
    if (fails != null) throw new IpmiFailure(fails, "told so");
    try {
      return talk.with(
          new IpmiSession() {
            @Override
            public IpmiAnswer send(IpmiRequest request) throws IpmiFailure {
              if (request.command() == 0xff)
                throw new IpmiFailure(IpmiFailure.Kind.AFTER_SEND, "lost");
              return new IpmiAnswer(0, new byte[] {(byte) request.command()});
            }

            @Override
            public IpmiAnswer sendOnce(IpmiRequest request) throws IpmiFailure {
              return send(request);
            }

            @Override
            public int suite() {
              return 17;
            }
          });
    } finally {
      closed.incrementAndGet();
    }
  }

  @Override
  public boolean cardAnswers(AssetId machine) {
    return cardFails == null;
  }

  @Override
  public Tcp.Answer tcp(AssetId machine, int port) {
    return Tcp.Answer.OPEN;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
