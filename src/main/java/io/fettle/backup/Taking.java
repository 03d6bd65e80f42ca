package io.fettle.backup;

import io.fettle.backup.Manifest.Head;
import io.fettle.backup.Manifest.TableSum;
import io.fettle.kernel.Label;
import io.fettle.platform.postgres.BaseBackup;
import io.fettle.platform.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
  private static final Label DATABASE = new Label("复制数据库", "copying the database");
  private static final Label LOG = new Label("复制数据库日志", "copying the database's log");
  private static final Label FOLDERS = new Label("复制配置和文件", "copying configuration and files");

  private final EmbeddedPostgres postgres;
  private final HomeFiles files;
  private final BackupKey key;
  private final String version;
  private final Clock clock;

  Taking(EmbeddedPostgres postgres, HomeFiles files, BackupKey key, String version, Clock clock) {
    this.postgres = postgres;
    this.files = files;
    this.key = key;
    this.version = version;
    this.clock = clock;
  }

  /** Adds a backup to the folder. */
  Manifest into(Path folder, Progress progress) throws IOException, SQLException {
    Shelf shelf = new Shelf(folder);
    Set<String> needed = new HashSet<>();
    Optional<Manifest> last = Optional.empty();
    for (Head head : shelf.heads()) {
      Manifest known = shelf.read(head, key);
      if (last.isEmpty()) last = Optional.of(known);
      needed.addAll(known.chunks());
    }
    try (Chunks chunks = new Chunks(folder, key)) {
      chunks.sweep(needed);
      Manifest manifest = take(chunks, last, progress);
      progress.at(new Label("写入磁盘", "writing all to the disk"), 0, 0);
      shelf.write(manifest, key);
      return manifest;
    }
  }

  private Manifest take(Chunks chunks, Optional<Manifest> last, Progress progress)
      throws IOException, SQLException {
    Instant at = clock.instant();
    String point = "fettle_" + at.toEpochMilli();
    try (BaseBackup base = BaseBackup.begin(postgres, point);
        Sealers sealers = new Sealers(chunks)) {
      String identifier = base.identifier();
      Before before = new Before(last.filter(m -> m.identifier().equals(identifier)));
      FileCopy copy = new FileCopy(chunks, sealers, before);
      database(base, copy, progress);
      copy.add("database/backup_label", base.end());
      List<HomeFiles.Kept> references = new ArrayList<>();
      Connection seen =
          base.point(
              point,
              TRIES,
              () -> {
                references.clear();
                references.addAll(files.references());
              });
      base.writeOut();
      List<TableSum> tables =
          ContentTable.sums(seen, (table, file) -> before.same(table, base.data(), file), progress);
      seen.close();
      List<Path> log = base.log();
      for (int i = 0; i < log.size(); i++) {
        progress.at(LOG, i, log.size());
        copy.add("database/" + log.get(i), base.data().resolve(log.get(i)));
      }
      progress.at(FOLDERS, 0, 0);
      files.copyTo(copy, references);
      return new Manifest(
          head(at, copy, chunks), point, identifier, masterKey(), copy.entries(), tables);
    }
  }

  private static void database(BaseBackup base, FileCopy copy, Progress progress)
      throws IOException {
    List<Path> all = base.files();
    long total = 0;
    for (Path file : all) total += base.data().resolve(file).toFile().length();
    for (Path file : all) {
      progress.at(DATABASE, copy.bytes(), total);
      try {
        copy.add("database/" + file, base.data().resolve(file));
      } catch (NoSuchFileException e) {
        // A table dropped since the list was made: the log knows.
      }
    }
  }

  private Head head(Instant at, FileCopy copy, Chunks chunks) {
    Duration took = Duration.between(at, clock.instant());
    int count = (int) copy.entries().stream().filter(e -> !e.isFolder()).count();
    return new Head(
        Shelf.FORMAT,
        ID.format(at),
        at,
        version,
        EmbeddedPostgres.MAJOR,
        key.id(),
        count,
        copy.bytes(),
        chunks.stored(),
        took.toMillis() / 1000.0);
  }

  private @Nullable String masterKey() throws IOException {
    Path file = files.home().resolve(MasterKeyFile.NAME);
    return Files.exists(file) ? MasterKeyFile.mark(Files.readString(file), key) : null;
  }
}
