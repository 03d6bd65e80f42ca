package io.fettle.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives way to other threads: Java's own priorities do nothing on Linux. */
final class Nice {
  private static final Logger LOG = LoggerFactory.getLogger(Nice.class);
  private static final String STEPS = "5";

  private Nice() {}

  /** For the calling thread, from now on; without the program for it all stays as it is. */
  static void standBack() {
    try {
      String thread = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString();
      Process renice =
          new ProcessBuilder("renice", "-n", STEPS, "-p", thread)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!renice.waitFor(5, TimeUnit.SECONDS)) renice.destroyForcibly();
    } catch (IOException e) {
      LOG.debug("this thread does not stand back: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
