package io.fettle.platform.postgres;

import io.fettle.platform.StartRefused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where the database of one FETTLE_HOME lies: below it, or, when root keeps it where the server's
 * own account may not enter, in a system folder that {@code database.properties} points to.
 */
record Place(Path home, Path base, Account account) {
  private static final Path SYSTEM = Path.of("/var/lib/fettle");

  static Place of(Path home) throws IOException {
    Path base = Keepsake.isIn(home) ? Keepsake.read(home).base() : choose(home);
    Account account = Account.of(base);
    if (!Files.isDirectory(base)) {
      if (Keepsake.isIn(home) && Keepsake.read(home).initialised()) throw gone(home, base);
      Files.createDirectories(base.getParent());
      Files.createDirectory(base);
    }
    account.own(base);
    Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwx------"));
    return new Place(home, base, account);
  }

  private static Path choose(Path home) throws IOException {
    Path within = home.resolve("postgres");
    return Account.of(within).canEnter(home) ? within : SYSTEM.resolve(hash(home));
  }

  /** The kept passwords and port, or new ones for an empty place. */
  Keepsake keepsake() throws IOException {
    boolean data = Files.exists(base.resolve("data/PG_VERSION"));
    if (!Keepsake.isIn(home)) {
      if (data)
        throw new StartRefused(
            "There is a database in "
                + base
                + " but "
                + home.resolve(Keepsake.FILE)
                + " with its passwords is missing; put that file back, or move the database away to"
                + " begin with an empty one.");
      return Keepsake.begin(base, Ports.free());
    }
    Keepsake kept = Keepsake.read(home);
    if (kept.initialised() && !data) throw gone(home, base.resolve("data"));
    return kept;
  }

  private static StartRefused gone(Path home, Path folder) {
    return new StartRefused(
        "The database folder "
            + folder
            + " is missing; put it back, or remove "
            + home.resolve(Keepsake.FILE)
            + " to begin with an empty database.");
  }

  private static String hash(Path home) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(home.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
