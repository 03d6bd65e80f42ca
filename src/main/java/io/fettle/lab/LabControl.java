package io.fettle.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * The lab's remote control, a Unix socket in the lab's folder: one line in ({@code inject CLASS
 * ASSET [VARIANT]}, {@code dark PERCENT}, {@code light}, {@code manner ASSET MANNER}, {@code
 * pause}, {@code resume}, {@code rekey ASSET}, {@code state ASSET}), one JSON line out.
 */
final class LabControl implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LabControl.class);
  private final Lab.Running lab;
  private final ServerSocketChannel socket;
  private final Path path;
  private volatile boolean paused;

  LabControl(Lab.Running lab, Path path) throws IOException {
    this.lab = lab;
    this.path = path;
    Files.deleteIfExists(path);
    socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    socket.bind(UnixDomainSocketAddress.of(path));
    Thread.ofVirtual().name("lab-control").start(this::serve);
  }

  boolean isPaused() {
    return paused;
  }

  /** Says one line to a running lab and returns its answer. */
  static String tell(Path path, String line) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
      BufferedReader reader =
          new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
      return String.valueOf(reader.readLine());
    }
  }

  private void serve() {
    while (socket.isOpen()) {
      try (SocketChannel channel = socket.accept()) {
        BufferedReader reader =
            new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
        String line = reader.readLine();
        if (line == null) continue;
        String answer = JsonMapper.shared().writeValueAsString(answer(line.strip().split("\\s+")));
        channel.write(ByteBuffer.wrap((answer + "\n").getBytes(StandardCharsets.UTF_8)));
      } catch (IOException | RuntimeException e) {
        if (!socket.isOpen()) return;
        LOG.warn("the remote control could not answer", e);
      }
    }
  }

  private Map<String, Object> answer(String[] words) {
    return switch (words[0]) {
      case "pause" -> {
        paused = true;
        yield Map.of("paused", true);
      }
      case "resume" -> {
        paused = false;
        yield Map.of("paused", false);
      }
      case "dark" -> Map.of("dark", darken(words.length > 1 ? words[1] : "30"));
      case "light" -> {
        List<SimMachine> dark = lab.fleet().machines().stream().filter(SimMachine::isDark).toList();
        lab.injector().light();
        for (SimMachine machine : dark) lab.ssh().listening(machine, true);
        yield Map.of("dark", 0);
      }
      case "inject" ->
          words.length == 3 || words.length == 4
              ? inject(words[1], words[2], words.length == 4 ? words[3] : "")
              : error("inject CLASS ASSET [VARIANT]");
      case "state" ->
          words.length == 2
              ? machine(words[1])
                  .map(LabControl::state)
                  .orElseGet(() -> error("no machine " + words[1]))
              : error("state ASSET");
      case "manner" ->
          words.length == 3
              ? manner(words[1], words[2])
              : error("manner ASSET honest|hangs|endless|hostile");
      case "rekey" -> words.length == 2 ? rekey(words[1]) : error("rekey ASSET");
      default -> error("known: inject, dark, light, manner, pause, resume, rekey, state");
    };
  }

  private static Map<String, Object> error(String text) {
    return Map.of("error", text);
  }

  private int darken(String percent) {
    var dark = lab.injector().darken(Double.parseDouble(percent.replace("%", "")) / 100);
    for (SimMachine machine : dark) lab.ssh().listening(machine, false);
    return dark.size();
  }

  private Map<String, Object> inject(String name, String asset, String variant) {
    Optional<SimFault> fault = SimFault.named(name);
    Optional<SimMachine> machine = machine(asset);
    if (fault.isEmpty())
      return error(
          "no fault class "
              + name
              + "; known: "
              + SimFault.ALL.stream().map(SimFault::name).toList());
    if (machine.isEmpty()) return error("no machine " + asset);
    if (variant.isEmpty()) lab.injector().inject(machine.get(), fault.get());
    else {
      Optional<SimFault.Variant> way =
          fault.get().variants().stream().filter(v -> v.name().equals(variant)).findFirst();
      if (way.isEmpty())
        return error(
            "no variant "
                + variant
                + "; known: "
                + fault.get().variants().stream().map(SimFault.Variant::name).toList());
      lab.injector().inject(machine.get(), fault.get(), way.get());
    }
    return state(machine.get());
  }

  private Map<String, Object> manner(String asset, String name) {
    Optional<SimMachine.Manner> manner =
        Arrays.stream(SimMachine.Manner.values())
            .filter(m -> m.name().equalsIgnoreCase(name))
            .findFirst();
    Optional<SimMachine> machine = machine(asset);
    if (manner.isEmpty()) return error("no manner " + name);
    if (machine.isEmpty()) return error("no machine " + asset);
    machine.get().manner(manner.get());
    return state(machine.get());
  }

  private Map<String, Object> rekey(String asset) {
    machine(asset).ifPresent(lab.ssh()::newHostKey);
    return machine(asset).map(LabControl::state).orElseGet(() -> error("no machine " + asset));
  }

  private Optional<SimMachine> machine(String asset) {
    return lab.fleet().machines().stream()
        .filter(m -> m.plate().assetNo().equals(asset))
        .findFirst();
  }

  private static Map<String, Object> state(SimMachine machine) {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("asset_no", machine.plate().assetNo());
    state.put("make", machine.card().make());
    state.put("nic_mode", machine.card().nicMode());
    state.put("dark", machine.isDark());
    state.put(
        "broken",
        SimFault.ALL.stream().filter(f -> f.broken(machine)).map(SimFault::name).toList());
    return state;
  }

  @Override
  public void close() throws IOException {
    socket.close();
    Files.deleteIfExists(path);
  }
}
