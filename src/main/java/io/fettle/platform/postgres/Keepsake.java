package io.fettle.platform.postgres;

import io.fettle.platform.StartRefused;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Properties;

/**
 * What must survive between starts: where the database lies, its port and its two passwords. Kept
 * in {@code FETTLE_HOME/database.properties}, readable by Fettle's own account only.
 *
 * @param base folder of the database and its programs
 * @param port loopback port
 * @param ownerPassword password of {@code fettle}, which owns the tables but is no superuser
 * @param masterPassword password of {@code postgres}, the superuser, used to set up and adopt only
 * @param initialised true once the data folder has been made; then its absence is an error
 */
record Keepsake(
    Path base, int port, String ownerPassword, String masterPassword, boolean initialised) {
  static final String FILE = "database.properties";

  static Keepsake begin(Path base, int port) {
    return new Keepsake(base, port, password(), password(), false);
  }

  Keepsake at(int newPort) {
    return new Keepsake(base, newPort, ownerPassword, masterPassword, initialised);
  }

  Keepsake made() {
    return new Keepsake(base, port, ownerPassword, masterPassword, true);
  }

  static boolean isIn(Path home) {
    return Files.exists(home.resolve(FILE));
  }

  static Keepsake read(Path home) throws IOException {
    Path file = home.resolve(FILE);
    try {
      return read(Files.readString(file), home);
    } catch (IllegalArgumentException e) {
      throw new StartRefused(
          file + " is damaged (" + e.getMessage() + "); put it back from a backup.", e);
    }
  }

  /** The one kept with a copy of its database, for another place and port. */
  static Keepsake of(String text, Path base, int port) throws IOException {
    Keepsake kept = read(text, base);
    return new Keepsake(base, port, kept.ownerPassword(), kept.masterPassword(), true);
  }

  private static Keepsake read(String kept, Path home) throws IOException {
    Properties text = new Properties();
    text.load(new StringReader(kept));
    return new Keepsake(
        home.resolve(need(text, "base")),
        Integer.parseInt(need(text, "port")),
        need(text, "owner-password"),
        need(text, "master-password"),
        Boolean.parseBoolean(need(text, "initialised")));
  }

  /** Replaces the file as one step: a crash leaves the old one or the new one. */
  void write(Path home) throws IOException {
    Properties text = new Properties();
    Path within = base.startsWith(home) ? home.relativize(base) : base;
    text.setProperty("base", within.toString());
    text.setProperty("port", "" + port);
    text.setProperty("owner-password", ownerPassword);
    text.setProperty("master-password", masterPassword);
    text.setProperty("initialised", "" + initialised);
    StringWriter out = new StringWriter();
    text.store(out, "Fettle's own PostgreSQL: keep this file with the data");
    Path fresh = home.resolve(FILE + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, out.toString());
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(fresh, home.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  private static String need(Properties text, String key) {
    String value = text.getProperty(key);
    if (value == null) throw new IllegalArgumentException("no " + key);
    return value;
  }

  private static String password() {
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }
}
