package io.fettle.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/** Writes out what the kernel still holds in memory for one disk: one call for all files. */
final class Disk {
  private static final int LIMIT_MINUTES = 10;

  /** For a folder that is its owner's alone. */
  static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private Disk() {}

  static void flush(Path folder) throws IOException {
    Process sync =
        new ProcessBuilder("sync", "-f", folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!sync.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
        sync.destroyForcibly();
        throw new IOException("the disk of " + folder + " did not take everything in time");
      }
      if (sync.exitValue() != 0)
        throw new IOException("the disk of " + folder + " did not take everything");
    } catch (InterruptedException e) {
      sync.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
