package io.fettle.platform.postgres;

import io.fettle.platform.StartRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * Brings the copy of a data folder to life: gives it a place, then replays its log up to a named
 * point. Until that is done nothing lies where a start would look for it.
 */
public final class Recovery {
  /** In a FETTLE_HOME while a restore into it is under way; such a home does not start. */
  public static final String UNFINISHED = "restore.unfinished";

  /**
   * In a FETTLE_HOME that was restored and has not been started since: when the backup was taken.
   */
  public static final String RESTORED = "restored";

  private static final Duration LIMIT = Duration.ofHours(2);
  private static final String SCRATCH = "verify";

  private final Path home;
  private final Place place;
  private final Optional<Path> binaries;
  private final boolean durable;

  private Recovery(Path home, Place place, Optional<Path> binaries, boolean durable) {
    this.home = home;
    this.place = place;
    this.binaries = binaries;
    this.durable = durable;
  }

  /** Into a FETTLE_HOME that has no database yet. */
  public static Recovery into(Path home) throws IOException {
    Path real = home.toRealPath();
    Place place = Place.of(real);
    if (Files.exists(place.base().resolve("data")))
      throw new StartRefused(
          "There is a database in "
              + place.base()
              + " already; move it away, or name another folder with FETTLE_HOME.");
    Recovery recovery = new Recovery(real, place, Optional.empty(), true);
    recovery.prepare();
    return recovery;
  }

  /** Into a throw-away folder beside a running server's data, on the same disk. */
  public static Recovery scratch(EmbeddedPostgres beside) throws IOException {
    discardScratch(beside);
    Path home = beside.folder().resolve(SCRATCH);
    for (Path folder : List.of(home, home.resolve("postgres"))) {
      Files.createDirectory(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      beside.account().own(folder);
    }
    Recovery recovery = new Recovery(home, Place.of(home), Optional.of(beside.programs()), false);
    recovery.prepare();
    return recovery;
  }

  /** As above, below a home whose database is elsewhere. */
  public static Recovery scratch(Path home) throws IOException {
    discardScratch(home);
    Path scratch = home.toRealPath().resolve(SCRATCH);
    Files.createDirectory(scratch);
    Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwx--x--x"));
    Recovery recovery = new Recovery(scratch, Place.of(scratch), Optional.empty(), false);
    recovery.prepare();
    return recovery;
  }

  /** Removes what a killed verification left below a home whose database is elsewhere. */
  public static void discardScratch(Path home) throws IOException {
    Path scratch = home.toRealPath().resolve(SCRATCH);
    if (!Files.isDirectory(scratch)) return;
    Path base = Place.of(scratch).base();
    Cluster cluster = new Cluster(base, base, Account.of(base));
    Optional<Postmaster> left =
        Files.isDirectory(cluster.data()) ? Postmaster.in(cluster.data()) : Optional.empty();
    if (left.isPresent()) cluster.stop(left.get().process());
    FileSystemUtils.deleteRecursively(base);
    FileSystemUtils.deleteRecursively(scratch);
  }

  /** Removes what a killed verification left behind, its server included. */
  public static void discardScratch(EmbeddedPostgres beside) throws IOException {
    Path home = beside.folder().resolve(SCRATCH);
    Cluster cluster = new Cluster(home.resolve("postgres"), beside.folder(), beside.account());
    Optional<Postmaster> left =
        Files.isDirectory(cluster.data()) ? Postmaster.in(cluster.data()) : Optional.empty();
    if (left.isPresent()) cluster.stop(left.get().process());
    FileSystemUtils.deleteRecursively(home);
  }

  /** Removes the database that an unfinished restore left in a home, its server included. */
  public static void clear(Path home) throws IOException {
    Path real = home.toRealPath();
    if (!Files.exists(real.resolve(UNFINISHED))) return;
    if (Keepsake.isIn(real)) {
      Path base = Keepsake.read(real).base();
      Cluster cluster = new Cluster(base, base, Account.of(base));
      Optional<Postmaster> left =
          Files.isDirectory(cluster.data()) ? Postmaster.in(cluster.data()) : Optional.empty();
      if (left.isPresent()) cluster.stop(left.get().process());
      FileSystemUtils.deleteRecursively(cluster.data());
      Files.delete(real.resolve(Keepsake.FILE));
    }
  }

  private void prepare() throws IOException {
    FileSystemUtils.deleteRecursively(folder());
    Files.createDirectory(folder());
  }

  /** Where the copy goes; empty at first. */
  public Path folder() {
    return place.base().resolve("data.restored");
  }

  /** Bytes that may still be written there. */
  public long room() throws IOException {
    return Space.left(place.base());
  }

  /**
   * The copy is whole: replays its log and returns the server, which takes writes.
   *
   * @param properties text of the {@code database.properties} that belongs to the copy
   * @param point name given to {@link BaseBackup#point}
   * @throws StartRefused when the log does not reach the point
   */
  public EmbeddedPostgres run(String properties, String point, Consumer<String> progress)
      throws IOException {
    Files.writeString(folder().resolve("recovery.signal"), "");
    try (Stream<Path> files = Files.walk(folder())) {
      for (Path file : files.toList()) {
        boolean isFolder = Files.isDirectory(file);
        Files.setPosixFilePermissions(
            file, PosixFilePermissions.fromString(isFolder ? "rwx------" : "rw-------"));
        place.account().own(file);
      }
    }
    Keepsake.of(properties, place.base(), Ports.free()).write(home);
    Files.move(folder(), place.base().resolve("data"), StandardCopyOption.ATOMIC_MOVE);
    List<String> settings =
        List.of(
            "restore_command=false",
            "recovery_target_name=" + point,
            "recovery_target_action=promote",
            "hot_standby=off",
            durable ? "fsync=on" : "fsync=off");
    return EmbeddedPostgres.start(
        home, new EmbeddedPostgres.Options(settings, binaries, progress, durable), LIMIT);
  }

  /**
   * As above, for the copy of a folder that another's server wrote: it becomes one of Fettle's own.
   *
   * @param lsn the first position in the log that is not replayed
   * @param programs of the copy's major version; empty: those that Fettle brings
   */
  public EmbeddedPostgres runForeign(
      Foreign foreign, String lsn, Optional<Programs.Found> programs, Consumer<String> progress)
      throws IOException {
    Path installation =
        programs.isPresent()
            ? programs.get().installation()
            : Binaries.unpack(binaries.orElse(place.base()));
    List<String> settings =
        List.of(
            "restore_command=false",
            "recovery_target_lsn=" + lsn,
            "recovery_target_inclusive=off",
            "recovery_target_action=promote",
            "hot_standby=off",
            durable ? "fsync=on" : "fsync=off");
    Keepsake keepsake = Keepsake.begin(place.base(), Ports.free()).made();
    Cluster cluster = new Cluster(place.base(), installation, place.account());
    new Takeover(cluster, folder(), foreign).run(settings, keepsake);
    keepsake.write(home);
    Files.move(folder(), place.base().resolve("data"), StandardCopyOption.ATOMIC_MOVE);
    List<String> plain = List.of(durable ? "fsync=on" : "fsync=off");
    return EmbeddedPostgres.start(
        home,
        new EmbeddedPostgres.Options(plain, binaries, progress, durable),
        LIMIT,
        programs.isPresent() ? installation : null);
  }

  /**
   * Brings a database that was not ours into the order of this machine: one whose text is sorted by
   * the system's or ICU's rules may find those of another version here.
   */
  public static void sortAnew(EmbeddedPostgres postgres) throws SQLException {
    try (Connection master = postgres.master("fettle")) {
      String rules =
          Jdbc.single(
              master,
              "select datcollate in ('C', 'POSIX') and datlocprovider <> 'i' from pg_database"
                  + " where datname = 'fettle'");
      if (rules.equals("t")) return;
      Jdbc.execute(master, "reindex database fettle");
      Jdbc.execute(master, "alter database fettle refresh collation version");
    }
  }

  /** Reads a recovered server's tables. */
  public static Connection look(EmbeddedPostgres postgres) throws SQLException {
    Connection seen = postgres.master("fettle");
    Jdbc.execute(seen, "set timezone = 'UTC'");
    seen.setReadOnly(true);
    return seen;
  }
}
