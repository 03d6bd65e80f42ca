package io.fettle.backup;

import io.fettle.backup.Manifest.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Cuts files into pieces. A file that has the size and the time of change that it had in the backup
 * before is not read again; a change within the last seconds before that backup began may have been
 * missed by the file system's clock, so such a file is.
 */
final class FileCopy {
  private static final Duration CLOCK_GRAIN = Duration.ofSeconds(3);

  private final Chunks chunks;
  private final Map<String, Entry> before = new HashMap<>();
  private final long trusted;
  private final List<Entry> entries = new ArrayList<>();
  private final byte[] buffer = new byte[Chunks.SIZE];
  private long bytes;

  FileCopy(Chunks chunks, Optional<Manifest> last) {
    this.chunks = chunks;
    this.trusted = last.map(m -> nanos(m.head().at().minus(CLOCK_GRAIN))).orElse(Long.MIN_VALUE);
    last.ifPresent(m -> m.entries().forEach(e -> before.put(e.path(), e)));
  }

  private static long nanos(Instant at) {
    return TimeUnit.SECONDS.toNanos(at.getEpochSecond()) + at.getNano();
  }

  /** Adds a folder or a file under this name. */
  void add(String path, Path file) throws IOException {
    PosixFileAttributes now = Files.readAttributes(file, PosixFileAttributes.class);
    String mode = PosixFilePermissions.toString(now.permissions());
    long changed = now.lastModifiedTime().to(TimeUnit.NANOSECONDS);
    if (now.isDirectory()) {
      entries.add(new Entry(path, mode, 0, changed, null));
      return;
    }
    Optional<List<String>> known = known(path, now.size(), changed);
    if (known.isPresent()) {
      entries.add(new Entry(path, mode, now.size(), changed, known.get()));
      bytes += now.size();
      return;
    }
    List<String> pieces = new ArrayList<>();
    long size = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.readNBytes(buffer, 0, buffer.length);
          n > 0;
          n = in.readNBytes(buffer, 0, buffer.length)) {
        pieces.add(chunks.put(buffer, n));
        size += n;
      }
    }
    entries.add(new Entry(path, mode, size, changed, List.copyOf(pieces)));
    bytes += size;
  }

  private Optional<List<String>> known(String path, long size, long changed) {
    Entry was = before.get(path);
    if (was == null || was.isFolder() || was.size() != size) return Optional.empty();
    if (was.changed() != changed || changed >= trusted) return Optional.empty();
    return Optional.ofNullable(was.chunks()).filter(all -> all.stream().allMatch(chunks::has));
  }

  /** Adds a text that is in no file. */
  void add(String path, String text) throws IOException {
    byte[] plain = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    List<String> pieces = List.of(chunks.put(plain, plain.length));
    entries.add(new Entry(path, "rw-------", plain.length, 0, pieces));
    bytes += plain.length;
  }

  /** Adds a small file that was read before. */
  void add(HomeFiles.Kept kept) throws IOException {
    byte[] plain = kept.bytes();
    List<String> pieces = plain.length == 0 ? List.of() : List.of(chunks.put(plain, plain.length));
    entries.add(new Entry(kept.path(), kept.mode(), plain.length, kept.changed(), pieces));
    bytes += plain.length;
  }

  /** What came after this many entries was taken from under us: forgets it. */
  void back(int count) {
    while (entries.size() > count) bytes -= entries.removeLast().size();
  }

  List<Entry> entries() {
    return entries;
  }

  long bytes() {
    return bytes;
  }
}
