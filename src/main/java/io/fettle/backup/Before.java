package io.fettle.backup;

import io.fettle.backup.Manifest.Entry;
import io.fettle.backup.Manifest.TableSum;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What the backup before knows and what therefore need not be read again: a file that has the size
 * and the time of change that it had then. A change within the last seconds before that backup
 * began may have been missed by the file system's clock, so such a file is read.
 */
final class Before {
  private static final Duration CLOCK_GRAIN = Duration.ofSeconds(3);

  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<String, TableSum> tables = new HashMap<>();
  private final long trusted;

  Before(Optional<Manifest> last) {
    trusted = last.map(m -> nanos(m.head().at().minus(CLOCK_GRAIN))).orElse(Long.MIN_VALUE);
    last.ifPresent(m -> {
      m.entries().forEach(e -> entries.put(e.path(), e));
      m.tables().forEach(t -> tables.put(t.table(), t));
    });
  }

  /** False when this is the first backup of its database. */
  boolean any() {
    return !entries.isEmpty();
  }

  private static long nanos(Instant at) {
    return TimeUnit.SECONDS.toNanos(at.getEpochSecond()) + at.getNano();
  }

  /** The entry of this file, when nobody has written to it since. */
  Optional<Entry> same(String path, long size, long changed) {
    Entry was = entries.get(path);
    if (was == null || was.isFolder() || was.size() != size) return Optional.empty();
    return was.changed() == changed && changed < trusted ? Optional.of(was) : Optional.empty();
  }

  /**
   * What a table held then, when nobody has written to its files since.
   *
   * @param data the database's folder, into which all changes up to now are written out
   * @param file the table's first file there; further ones have a number behind it
   */
  Optional<TableSum> same(String table, Path data, String file) throws IOException {
    TableSum was = tables.get(table);
    if (was == null || !isSame(data, file)) return Optional.empty();
    for (int i = 1; ; i++) {
      String next = file + "." + i;
      boolean there = Files.exists(data.resolve(next));
      if (!there && !entries.containsKey("database/" + next)) return Optional.of(was);
      if (!isSame(data, next)) return Optional.empty();
    }
  }

  private boolean isSame(Path data, String name) throws IOException {
    try {
      BasicFileAttributes now = Files.readAttributes(data.resolve(name), BasicFileAttributes.class);
      long changed = now.lastModifiedTime().to(TimeUnit.NANOSECONDS);
      return same("database/" + name, now.size(), changed).isPresent();
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
