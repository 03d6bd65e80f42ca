package io.fettle.platform.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The server process that holds a data folder, read from {@code postmaster.pid} and believed only
 * when the process really stands in that folder: a pid alone may have been given to another
 * program.
 */
record Postmaster(ProcessHandle process, int port) {
  static Optional<Postmaster> in(Path data) throws IOException {
    Path file = data.resolve("postmaster.pid");
    if (!Files.exists(file)) return Optional.empty();
    List<String> lines = Files.readAllLines(file);
    if (lines.size() < 4) return Optional.empty();
    return ProcessHandle.of(number(lines.get(0)))
        .filter(p -> standsIn(p.pid(), data))
        .map(p -> new Postmaster(p, (int) number(lines.get(3))));
  }

  /** True while this process lives and serves that folder. */
  static boolean serves(ProcessHandle process, Path data) {
    return process.isAlive() && standsIn(process.pid(), data);
  }

  /** PostgreSQL changes into its data folder and stays there; zombies have no folder. */
  private static boolean standsIn(long pid, Path data) {
    try {
      Path proc = Path.of("/proc/" + pid);
      return Files.isSameFile(proc.resolve("cwd"), data)
          && Files.readString(proc.resolve("comm")).strip().equals("postgres");
    } catch (IOException e) {
      return false;
    }
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
