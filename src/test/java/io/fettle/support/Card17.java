package io.fettle.support;

import io.fettle.kernel.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A management card that knows cipher suite 17 alone, which ipmi_sim lacks: packets, keys and
 * checks are libfreeipmi's. One account, {@code ADMIN/fettle-pw}.
 */
public final class Card17 implements AutoCloseable {
  public static final String USER = "ADMIN";
  public static final String PASSWORD = "fettle-pw";

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final String HOST = "127.0.2.252";

  private final Process process;
  private final Endpoint endpoint;
  private final List<String> log = new ArrayList<>();

  private Card17(String... options) {
    try {
      String[] command = new String[options.length + 2];
      command[0] = Program.FILE.toString();
      command[1] = HOST;
      System.arraycopy(options, 0, command, 2, options.length);
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
      BufferedReader out = process.inputReader(StandardCharsets.US_ASCII);
      String port = out.readLine();
      if (port == null || !port.matches("\\d+"))
        throw new IllegalStateException("card17 did not start: " + port);
      endpoint = new Endpoint(HOST, Integer.parseInt(port));
      Thread.ofVirtual().start(() -> out.lines().forEach(this::happened));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A card that answers, and tells its one suite when asked. */
  public static Card17 start() {
    return new Card17();
  }

  /** A card that leaves the question for its suites unanswered. */
  public static Card17 mute() {
    return new Card17("mute");
  }

  public Endpoint endpoint() {
    return endpoint;
  }

  /** What happened at the card so far, in order. */
  public List<String> log() {
    synchronized (log) {
      return List.copyOf(log);
    }
  }

  /** What happened up to now, once this has: answers overtake the card's account of them. */
  public List<String> logWith(String line) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    synchronized (log) {
      for (long left = PATIENCE_NANOS;
          !log.contains(line) && left > 0;
          left = end - System.nanoTime()) TimeUnit.NANOSECONDS.timedWait(log, left);
      return List.copyOf(log);
    }
  }

  private void happened(String line) {
    synchronized (log) {
      log.add(line);
      log.notifyAll();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Compiled once in a JVM. */
  private static final class Program {
    private static final Path FILE = build();

    private static Path build() {
      try (InputStream source = Card17.class.getResourceAsStream("/ipmi/card17.c")) {
        if (source == null) throw new IOException("no resource /ipmi/card17.c");
        Path dir = Files.createTempDirectory("card17");
        Path file = dir.resolve("card17");
        Files.copy(source, dir.resolve("card17.c"));
        Shell.run("gcc", "-O1", "-o", file.toString(), file + ".c", "-lfreeipmi", "-lgcrypt");
        return file;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
