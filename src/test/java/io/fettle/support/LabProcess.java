package io.fettle.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The lab as its own process, steered through its socket, judged by its journal. */
public final class LabProcess implements AutoCloseable {
  private final Path dir;
  private final Process process;

  /** One line of the journal. */
  public record Line(String at, String machine, String via, String what) {}

  /** Starts it with no faults of its own; with a server, hands the fleet to it. */
  public LabProcess(Path dir, int machines, @Nullable WholeProcess server)
      throws IOException, InterruptedException {
    this(dir, machines, server, 2_000);
  }

  /** As above, on ports of its own. */
  public LabProcess(Path dir, int machines, @Nullable WholeProcess server, int portOffset)
      throws IOException, InterruptedException {
    this.dir = dir;
    Files.createDirectories(dir);
    List<String> args =
        new ArrayList<>(
            List.of(
                "--machines",
                "" + machines,
                "--seed",
                "3",
                "--dir",
                dir.toString(),
                "--port-offset",
                "" + portOffset,
                "--fault-every",
                "0"));
    if (server != null)
      args.addAll(
          List.of("--server", server.uri().toString(), "--token-file", server.token().toString()));
    process =
        WholeProcess.java(
            "io.fettle.lab.Lab", dir.resolve("lab.log"), Map.of(), List.of("-Xmx384m"), args);
    WholeProcess.await("lab up", Duration.ofSeconds(60), this::up);
  }

  private boolean up() {
    if (!process.isAlive())
      throw new IllegalStateException("lab ended: " + WholeProcess.tail(dir.resolve("lab.log")));
    return Files.exists(dir.resolve("lab.sock"));
  }

  /** Says one line to the lab. */
  public JsonNode tell(String line) throws IOException {
    try (var channel =
        java.nio.channels.SocketChannel.open(
            java.net.UnixDomainSocketAddress.of(dir.resolve("lab.sock")))) {
      channel.write(
          java.nio.ByteBuffer.wrap(
              (line + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8)));
      var reader =
          new java.io.BufferedReader(
              java.nio.channels.Channels.newReader(
                  channel, java.nio.charset.StandardCharsets.UTF_8));
      return JsonMapper.shared().readTree(String.valueOf(reader.readLine()));
    }
  }

  /** Process id. */
  public long pid() {
    return process.pid();
  }

  public Path dir() {
    return dir;
  }

  /** Everything written down so far. */
  public List<Line> journal() throws IOException {
    List<Line> lines = new ArrayList<>();
    for (String text : Files.readAllLines(dir.resolve("journal.jsonl"))) {
      JsonNode line = JsonMapper.shared().readTree(text);
      lines.add(
          new Line(
              line.path("at").asString(),
              line.path("machine").asString(),
              line.path("via").asString(),
              line.path("what").asString()));
    }
    return lines;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
