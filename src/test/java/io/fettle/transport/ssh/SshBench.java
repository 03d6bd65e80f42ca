package io.fettle.transport.ssh;

import com.sun.management.OperatingSystemMXBean;
import io.fettle.kernel.Endpoint;
import io.fettle.transport.LabGuard;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.util.unit.DataSize;

/**
 * The client's side of {@code bench/ssh.sh}: for each line on standard input one round over all
 * hosts, answered by {@code wall-seconds cpu-seconds good-answers}. Pins are kept in memory.
 */
final class SshBench {
  private SshBench() {}

  public static void main(String[] args) throws Exception {
    List<String> hosts = Files.readAllLines(Path.of(args[0]));
    int port = Integer.parseInt(args[1]);
    String key = Files.readString(Path.of(args[3]));
    int fan = Integer.parseInt(args[4]);
    var command = new SshCommand(args[5], false, Duration.ofSeconds(10), 65_536);
    MinaSsh ssh =
        new MinaSsh(
            new SshSettings(
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(20),
                Duration.ofMinutes(1),
                DataSize.ofMegabytes(1),
                Duration.ofMinutes(15),
                fan,
                fan,
                1,
                Duration.ofMinutes(1)),
            new LabGuard(true),
            new MemoryHostKeys());
    var os = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      long cpu = os.getProcessCpuTime();
      long start = System.nanoTime();
      int good = round(ssh, hosts, port, args[2], key, fan, command);
      double wall = (System.nanoTime() - start) / 1e9;
      double spent = (os.getProcessCpuTime() - cpu) / 1e9;
      System.out.printf(Locale.ROOT, "%.2f %.2f %d%n", wall, spent, good);
      System.out.flush();
    }
    ssh.destroy();
  }

  private static int round(
      Ssh ssh, List<String> hosts, int port, String user, String key, int fan, SshCommand command) {
    AtomicInteger good = new AtomicInteger();
    Semaphore width = new Semaphore(fan);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String host : hosts) {
        width.acquireUninterruptibly();
        threads.submit(() -> {
          try {
            var target = new SshTarget(new Endpoint(host, port), user, key.toCharArray(), null);
            SshOutcome outcome = ssh.run(target, command);
            if (outcome instanceof SshOutcome.Ran ran && ran.out().contains("load average"))
              good.incrementAndGet();
            else System.err.println(host + " " + outcome);
          } finally {
            width.release();
          }
        });
      }
    }
    return good.get();
  }
}
