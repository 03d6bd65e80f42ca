package io.fettle.backup;

import io.fettle.backup.Manifest.Head;
import io.fettle.backup.Manifest.TableSum;
import io.fettle.kernel.Label;
import io.fettle.platform.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes one backup of a running Fettle. The database is copied first and brought to a point at
 * which nobody wrote, and branches of the script library, which move only within a transaction, are
 * those of that very point; then the other folders: what database and branches refer to was there
 * before.
 */
final class Taking {
  /** With the pauses between them about three minutes of long transactions. */
  private static final int TRIES = 100;

  private static final DateTimeFormatter ID =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final Label FOLDERS = new Label("复制配置和文件", "copying configuration and files");

  private final Database database;
  private final HomeFiles files;
  private final BackupKey key;
  private final String version;
  private final Clock clock;
  private final Installation installation;
  private final @Nullable String upgrade;

  Taking(Database database, HomeFiles files, BackupKey key, String version, Clock clock) {
    this(database, files, key, version, clock, false);
  }

  /**
   * @param upgrade whether this version is about to change the data
   */
  Taking(
      Database database,
      HomeFiles files,
      BackupKey key,
      String version,
      Clock clock,
      boolean upgrade) {
    this.upgrade = upgrade ? version : null;
    this.database = database;
    this.files = files;
    this.installation = Installation.of(files.home(), clock);
    this.key = key;
    this.version = version;
    this.clock = clock;
  }

  /** Begins a copy of the database that is meant. */
  @FunctionalInterface
  interface Database {
    DatabaseCopy copy(Path home, String point) throws IOException, SQLException;

    static Database own(EmbeddedPostgres postgres) {
      return (_, point) -> new OwnCopy(postgres, point);
    }

    static Database outside(OutsideServer server) {
      return (home, point) -> OutsideCopy.begin(server, home, point);
    }
  }

  /** Adds a backup to the folder. Pieces are swept only where every manifest says what it needs. */
  Manifest into(Path folder, Progress progress) throws IOException, SQLException {
    Shelf shelf = new Shelf(folder);
    Set<String> needed = new HashSet<>();
    Optional<Manifest> last = Optional.empty();
    Shelf.Stock stock = shelf.stock();
    installation.requireAlone(stock.heads(), folder);
    boolean whole = stock.damaged().isEmpty();
    for (Head head : stock.heads()) {
      Optional<Manifest> known = shelf.readable(head, key);
      if (last.isEmpty()) last = known;
      known.ifPresent(manifest -> needed.addAll(manifest.chunks()));
      whole &= known.isPresent();
    }
    try (Chunks chunks = new Chunks(folder, key)) {
      if (whole) chunks.sweep(needed);
      chunks.leaveRoomFor(files.home());
      try {
        Manifest manifest = take(chunks, last, progress);
        progress.at(new Label("写入磁盘", "writing all to the disk"), 0, 0);
        shelf.write(manifest, key);
        return manifest;
      } catch (IOException | SQLException | RuntimeException e) {
        if (whole) tidy(chunks, needed, e);
        throw e;
      }
    }
  }

  /** What a failed backup has written stands in nobody's way. */
  private static void tidy(Chunks chunks, Set<String> needed, Exception failed) {
    try {
      chunks.sweep(needed);
    } catch (IOException | RuntimeException e) {
      failed.addSuppressed(e);
    }
  }

  private Manifest take(Chunks chunks, Optional<Manifest> last, Progress progress)
      throws IOException, SQLException {
    Instant at = clock.instant();
    String point = "fettle_" + at.toEpochMilli();
    try (DatabaseCopy base = database.copy(files.home(), point);
        Sealers sealers = new Sealers(chunks)) {
      String identifier = base.identifier();
      Before before = new Before(last.filter(m -> m.identifier().equals(identifier)));
      FileCopy copy = new FileCopy(chunks, sealers, before);
      base.files(copy, progress);
      List<HomeFiles.Kept> references = new ArrayList<>();
      List<TableSum> tables;
      try (Connection seen =
          base.point(
              TRIES,
              () -> {
                references.clear();
                references.addAll(files.references());
              })) {
        tables =
            ContentTable.sums(seen, (table, file) -> base.unchanged(before, table, file), progress);
      }
      base.log(copy, progress);
      progress.at(FOLDERS, 0, 0);
      files.copyTo(copy, references);
      return new Manifest(
          head(at, base, copy, chunks),
          base.pointName(),
          identifier,
          masterKey(),
          copy.entries(),
          tables,
          base.outside());
    }
  }

  private Head head(Instant at, DatabaseCopy base, FileCopy copy, Chunks chunks) {
    Duration took = Duration.between(at, clock.instant());
    int count = (int) copy.entries().stream().filter(e -> !e.isFolder()).count();
    return new Head(
        base.outside() == null ? Shelf.FORMAT : Shelf.OUTSIDE,
        ID.format(at),
        at,
        version,
        base.major(),
        key.id(),
        count,
        copy.bytes(),
        chunks.stored(),
        took.toMillis() / 1000.0,
        upgrade,
        installation.id());
  }

  private @Nullable String masterKey() throws IOException {
    Path file = files.home().resolve(MasterKeyFile.NAME);
    return Files.exists(file) ? MasterKeyFile.mark(Files.readString(file), key) : null;
  }
}
