package io.fettle.platform.postgres;

import io.fettle.platform.StartRefused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** The server's programs, unpacked once per version from the jar that carries them. */
final class Binaries {
  /** Keep in step with {@code postgres-binaries.version} in the pom; a test compares the two. */
  static final String VERSION = "18.6";

  static final int MAJOR = 18;

  private static final Pattern HALF = Pattern.compile("postgres-[0-9.]+\\.new-([0-9]{1,10})");

  private Binaries() {}

  /**
   * The folder with {@code bin/postgres}; unpacked below {@code parent} when it is not there.
   *
   * @throws StartRefused when they cannot be unpacked here, with the remedy
   */
  static Path unpack(Path parent) throws IOException {
    Path ready = parent.resolve("postgres-" + VERSION);
    if (Files.isExecutable(ready.resolve("bin/postgres"))) return ready;
    removeOld(parent);
    Path fresh = parent.resolve("postgres-" + VERSION + ".new-" + ProcessHandle.current().pid());
    FileSystemUtils.deleteRecursively(fresh);
    Files.createDirectory(fresh);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path archive = fresh.resolve("archive.txz");
    try (InputStream in = archive()) {
      Files.copy(in, archive);
    }
    untar(archive, fresh);
    Files.delete(archive);
    settle(fresh, ready);
    return ready;
  }

  /**
   * Moves what was unpacked to its place, unless another process was first: then that one stays. A
   * rename onto a full folder comes as a plain {@link FileSystemException}.
   */
  static void settle(Path fresh, Path ready) throws IOException {
    try {
      Files.move(fresh, ready, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      FileSystemUtils.deleteRecursively(fresh);
      if (!Files.isExecutable(ready.resolve("bin/postgres"))) throw e;
    }
  }

  private static void untar(Path archive, Path folder) throws IOException {
    Commands.Result result =
        Commands.run(
            List.of(
                "tar",
                "xJf",
                archive.toString(),
                "-C",
                folder.toString(),
                "--no-same-owner",
                "--same-permissions"));
    if (!result.ok())
      throw new StartRefused(
          "The PostgreSQL that Fettle brings along cannot be unpacked to "
              + folder.getParent()
              + " ("
              + result.output().lines().reduce((_, last) -> last).orElse("tar failed")
              + "); install tar and xz-utils, make room, or set FETTLE_DB_URL.");
  }

  private static InputStream archive() {
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String arch =
        switch (machine) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm_64";
          default -> machine;
        };
    InputStream in = Binaries.class.getResourceAsStream("/postgres-linux-" + arch + ".txz");
    if (in == null)
      throw new StartRefused(
          "Fettle brings no PostgreSQL for this processor ("
              + machine
              + "); run PostgreSQL 18 yourself and set FETTLE_DB_URL.");
    return in;
  }

  private static void removeOld(Path parent) throws IOException {
    try (Stream<Path> folders = Files.list(parent)) {
      for (Path folder : folders.filter(Binaries::isHalfUnpacked).toList())
        FileSystemUtils.deleteRecursively(folder);
    }
  }

  private static boolean isHalfUnpacked(Path path) {
    Matcher matcher = HALF.matcher(path.getFileName().toString());
    return matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty();
  }
}
