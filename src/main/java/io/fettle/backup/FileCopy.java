package io.fettle.backup;

import io.fettle.backup.Manifest.Entry;
import io.fettle.backup.Sealers.Cut;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Cuts files into pieces; one that is as it was in the backup before is not read again. */
final class FileCopy {
  private final Chunks chunks;
  private final Sealers sealers;
  private final Before before;
  private final List<Entry> entries = new ArrayList<>();
  private long bytes;

  FileCopy(Chunks chunks, Sealers sealers, Before before) {
    this.chunks = chunks;
    this.sealers = sealers;
    this.before = before;
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
    try (InputStream in = Files.newInputStream(file)) {
      Cut cut = sealers.cut(in);
      entries.add(new Entry(path, mode, cut.size(), changed, cut.pieces()));
      bytes += cut.size();
    }
  }

  private Optional<List<String>> known(String path, long size, long changed) {
    return before
        .same(path, size, changed)
        .map(Entry::chunks)
        .filter(all -> all.stream().allMatch(chunks::has));
  }

  /** Adds what is being read from an archive. */
  void add(String path, TarFiles.Entry entry, TarFiles tar) throws IOException {
    String mode = mode(entry.mode());
    long changed = TimeUnit.SECONDS.toNanos(entry.changed());
    if (entry.type() == '5') {
      entries.add(new Entry(path, mode, 0, changed, null));
      return;
    }
    Cut cut = sealers.cut(tar.content());
    entries.add(new Entry(path, mode, cut.size(), changed, cut.pieces()));
    bytes += cut.size();
  }

  /** Adds what comes from elsewhere and is in no file. */
  void add(String path, InputStream in) throws IOException {
    Cut cut = sealers.cut(in);
    entries.add(new Entry(path, "rw-------", cut.size(), 0, cut.pieces()));
    bytes += cut.size();
  }

  private static String mode(int bits) {
    StringBuilder mode = new StringBuilder("rwxrwxrwx");
    for (int i = 0; i < mode.length(); i++) if ((bits & 0400 >> i) == 0) mode.setCharAt(i, '-');
    return mode.toString();
  }

  /** True when an earlier backup of the same database lies where this one goes. */
  boolean hasBefore() {
    return before.any();
  }

  /** Bytes that may still be written there. */
  long room() throws IOException {
    return chunks.room();
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
