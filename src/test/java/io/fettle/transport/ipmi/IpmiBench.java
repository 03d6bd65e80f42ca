package io.fettle.transport.ipmi;

import io.fettle.support.IpmiSim;
import io.fettle.transport.LabGuard;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Our side of {@code bench/ipmi.sh}: starts the simulated cards, writes their addresses to a file,
 * then opens a session, asks Get Device ID and closes it on all of them for each line on standard
 * input, and prints wall seconds, CPU seconds and how many answered.
 */
final class IpmiBench {
  private static final IpmiRequest DEVICE_ID = new IpmiRequest(0x06, 0x01);

  private IpmiBench() {}

  static void main(String[] args) throws Exception {
    List<IpmiSim> cards = IpmiSim.start(Integer.parseInt(args[0]));
    Files.write(Path.of(args[1]), cards.stream().map(c -> c.endpoint().toString()).toList());
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    try (LanIpmi ipmi = new LanIpmi(IpmiSettings.standard(), new LabGuard(true))) {
      out.println("ready");
      while (in.readLine() != null) out.println(round(ipmi, cards));
    } finally {
      cards.forEach(IpmiSim::close);
    }
  }

  private static String round(LanIpmi ipmi, List<IpmiSim> cards) throws IOException {
    AtomicInteger answered = new AtomicInteger();
    long cpu = cpu();
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (IpmiSim card : cards) threads.execute(() -> one(ipmi, card, answered));
    }
    double wall = (System.nanoTime() - start) / 1e9;
    return "%.3f %.3f %d".formatted(wall, (cpu() - cpu) / 1e9, answered.get());
  }

  private static void one(LanIpmi ipmi, IpmiSim card, AtomicInteger answered) {
    IpmiTarget target =
        new IpmiTarget(card.endpoint(), IpmiSim.USER, IpmiSim.PASSWORD.toCharArray());
    try {
      if (ipmi.talk(target, s -> s.send(DEVICE_ID)).ok()) answered.incrementAndGet();
    } catch (IpmiFailure e) {
      System.err.println(target + " " + e.kind() + " " + e.getMessage());
    }
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
