package io.fettle.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the system for a test, bounded. */
public final class Shell {
  private static final int LIMIT_SECONDS = 60;

  private Shell() {}

  /** What came of it; standard error is mixed into the output. */
  public record Ran(int exit, String out) {}

  /** Runs it; a failure is an error of the test. */
  public static String run(String... command) {
    Ran ran = tryRun(List.of(command));
    if (ran.exit() != 0)
      throw new IllegalStateException(
          "%s ended with %d: %s".formatted(String.join(" ", command), ran.exit(), ran.out()));
    return ran.out();
  }

  /** Runs it and reports how it ended. */
  public static Ran tryRun(List<String> command) {
    try {
      Path out = Files.createTempFile("shell", ".out");
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("still running after 60 s: " + command);
      }
      String text = Files.readString(out, StandardCharsets.ISO_8859_1);
      Files.delete(out);
      return new Ran(process.exitValue(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(command.getFirst() + " cannot run; is it installed?", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
