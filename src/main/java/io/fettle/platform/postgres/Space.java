package io.fettle.platform.postgres;

import io.fettle.platform.StartRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Room on the disk that the database needs. */
public final class Space {
  private static final long MIB = 1024L * 1024;

  /** Programs, an empty database and its first logs. */
  static final long TO_BEGIN = 400 * MIB;

  /** Less than this at start is as good as full: the server would stop in the middle of work. */
  static final long TO_START = 100 * MIB;

  /** Below this nothing new may be begun. */
  public static final long RESERVE = 64 * MIB;

  private Space() {}

  /** Bytes that may still be written where {@code folder} lies. */
  public static long left(Path folder) throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  static void require(Path folder, long bytes) throws IOException {
    long left = left(folder);
    if (left < bytes)
      throw new StartRefused(
          "Only "
              + left / MIB
              + " MB are free on the disk of "
              + folder
              + " and the database needs "
              + bytes / MIB
              + " MB; free some, or name a folder on another disk with FETTLE_HOME.");
  }
}
