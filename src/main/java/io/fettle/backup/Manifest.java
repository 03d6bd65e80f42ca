package io.fettle.backup;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One backup: what it holds and of which pieces. Written last; without it there is no backup.
 *
 * @param point name of the point up to which the database's log is replayed
 * @param identifier the number of the database it was taken of
 * @param masterKey mark of the master key that opens the credentials in it; null when that key is
 *     not in a file of FETTLE_HOME
 * @param entries folders and files in the order in which they are to be made
 * @param tables what the database holds at the point
 * @param outside of a server that somebody else runs; null of Fettle's own
 */
record Manifest(
    Head head,
    String point,
    String identifier,
    @Nullable String masterKey,
    List<Entry> entries,
    List<TableSum> tables,
    @Nullable Outside outside) {
  Manifest {
    entries = List.copyOf(entries);
    tables = List.copyOf(tables);
  }

  /**
   * What may be read without the key.
   *
   * @param format 2 for one of a server that somebody else runs, which an older Fettle refuses
   * @param id sorts by time
   * @param at when it began; nothing committed before is missing
   * @param fettle version of Fettle
   * @param postgres major version of the database
   * @param key id of the key that opens it
   * @param files number of files
   * @param bytes their size
   * @param stored bytes that this backup added to its folder
   * @param seconds how long it took
   * @param upgrade the version that was about to change the data; null for any other
   * @param installation which FETTLE_HOME it was taken of; null of one before it had a name
   */
  record Head(
      int format,
      String id,
      Instant at,
      String fettle,
      int postgres,
      String key,
      int files,
      long bytes,
      long stored,
      double seconds,
      @Nullable String upgrade,
      @Nullable String installation) {}

  /**
   * The server that somebody else runs; the point is then a position in its log.
   *
   * @param server host and port
   * @param version as it says it
   * @param user the role that owns Fettle's tables
   */
  record Outside(String server, String version, String database, String user) {}

  /**
   * A folder or a file.
   *
   * @param path begins with {@code database/}, {@code home/} or {@code conf/}
   * @param mode permissions as {@code rw-------}
   * @param changed time of its last change in nanoseconds since 1970
   * @param chunks names of its pieces in order; null for a folder
   */
  record Entry(String path, String mode, long size, long changed, @Nullable List<String> chunks) {
    boolean isFolder() {
      return chunks == null;
    }
  }

  /**
   * What a table holds.
   *
   * @param sum over its rows, in any order; null for a table too large to be summed each time,
   *     whose rows are counted
   */
  record TableSum(String table, long rows, @Nullable String sum) {}

  Set<String> chunks() {
    return entries.stream()
        .filter(e -> !e.isFolder())
        .flatMap(e -> java.util.Objects.requireNonNull(e.chunks()).stream())
        .collect(Collectors.toSet());
  }
}
