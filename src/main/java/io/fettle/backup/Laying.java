package io.fettle.backup;

import io.fettle.backup.Manifest.Entry;
import io.fettle.kernel.Label;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Lays the files of a backup out again. */
final class Laying {
  /** Says where the database lies: never laid out as it is, for here it lies elsewhere. */
  static final String PROPERTIES = "home/database.properties";

  private static final Label STEP = new Label("写出文件", "writing the files");
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  private final Manifest manifest;
  private final Chunks chunks;
  private final Progress progress;
  private long done;

  Laying(Manifest manifest, Chunks chunks, Progress progress) {
    this.manifest = manifest;
    this.chunks = chunks;
    this.progress = progress;
  }

  /**
   * Before anything is written: is every piece there?
   *
   * @throws BackupRefused naming the first that is not
   */
  void check() {
    for (String name : manifest.chunks()) if (!chunks.has(name)) throw chunks.missing(name);
  }

  /** Everything whose path begins so, below the folder. */
  void out(String prefix, Path folder) throws IOException {
    for (Entry entry : manifest.entries())
      if (entry.path().startsWith(prefix) && !entry.path().equals(PROPERTIES))
        one(entry, within(prefix, entry, folder));
  }

  private static Path within(String prefix, Entry entry, Path folder) {
    Path file = folder.resolve(entry.path().substring(prefix.length())).normalize();
    if (!file.startsWith(folder)) throw new IllegalStateException("leads out: " + entry.path());
    return file;
  }

  private void one(Entry entry, Path file) throws IOException {
    if (entry.isFolder()) {
      Files.createDirectories(file);
      return;
    }
    Files.createDirectories(file.getParent());
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Files.setPosixFilePermissions(file, OWNER);
      for (String name : Objects.requireNonNull(entry.chunks())) {
        progress.at(STEP, done, manifest.head().bytes());
        byte[] piece = chunks.get(name);
        out.write(piece);
        done += piece.length;
      }
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(entry.mode()));
  }

  /** The content of one file, as text; empty when the backup has none of this name. */
  String text(String path) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Entry entry : manifest.entries())
      if (entry.path().equals(path))
        for (String name : Objects.requireNonNull(entry.chunks()))
          text.append(new String(chunks.get(name), StandardCharsets.UTF_8));
    return text.toString();
  }

  /** Opens every piece of what is not the database, writing nothing. */
  void readOther() throws IOException {
    for (Entry entry : manifest.entries()) {
      List<String> pieces = entry.chunks();
      if (pieces == null || entry.path().startsWith("database/")) continue;
      for (String name : pieces) done += chunks.get(name).length;
      progress.at(STEP, done, manifest.head().bytes());
    }
  }
}
