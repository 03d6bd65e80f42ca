package io.fettle.platform.postgres;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Short helper programs (tar, initdb), with a time limit. */
final class Commands {
  private static final long LIMIT_SECONDS = 180;
  private static final int OUTPUT_LIMIT = 8_000;

  /** Exit code and the last words of a program. */
  record Result(int exit, String output) {
    boolean ok() {
      return exit == 0;
    }
  }

  private Commands() {}

  static Result run(List<String> command) throws IOException {
    Path output = Files.createTempFile("fettle-", ".out");
    try {
      // Kerberos, locale and PG* variables of the caller must not change what initdb does.
      ProcessBuilder builder = new ProcessBuilder(command).directory(new File("/"));
      clean(builder);
      Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      process.getOutputStream().close();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Result(124, command.getFirst() + " did not end in " + LIMIT_SECONDS + " s");
      }
      return new Result(process.exitValue(), words(output));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted: " + command.getFirst(), e);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  static void clean(ProcessBuilder builder) {
    builder
        .environment()
        .keySet()
        .removeIf(k -> k.startsWith("PG") || k.startsWith("LC_") || k.startsWith("FETTLE_"));
    builder.environment().put("LANG", "C");
  }

  private static String words(Path output) throws IOException {
    try (InputStream in = Files.newInputStream(output)) {
      return new String(in.readNBytes(OUTPUT_LIMIT), StandardCharsets.UTF_8).strip();
    }
  }
}
