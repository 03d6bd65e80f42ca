package io.fettle.backup;

import io.fettle.platform.postgres.Space;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The pieces that backups are made of, each in a file named after its content: what is stored
 * already is not stored again. Several threads may store.
 */
final class Chunks implements AutoCloseable {
  /** Plain bytes of one piece at most. */
  static final int SIZE = 256 * 1024;

  private static final byte DEFLATED = 1;
  private static final byte PLAIN = 0;

  /** Bytes of a disk that is the database's too which no backup takes. */
  private static final long LEFT = 512L << 20;

  /**
   * Where a piece lies: two letters of its name, its name, and something more until it is whole.
   */
  private static final Pattern PIECE = Pattern.compile("[0-9a-f]{2}/\\.?[0-9a-f]{64}(\\.[\\w.]+)?");

  /** Number of what is on its way, in this process: a backup and a copy may store one piece. */
  private static final AtomicLong UNFINISHED = new AtomicLong();

  private final Path folder;
  private final BackupKey key;
  private final Queue<Press> presses = new ConcurrentLinkedQueue<>();
  private final AtomicLong stored = new AtomicLong();
  private volatile @Nullable FileStore shared;

  /** What one thread at a time presses with. */
  private record Press(Deflater deflater, byte[] squeezed) {}

  Chunks(Path backups, BackupKey key) {
    this.folder = backups.resolve("chunks");
    this.key = key;
  }

  /** Where the database lies on the same disk, its last room is not taken. */
  void leaveRoomFor(Path home) throws IOException {
    FileStore disk = Files.getFileStore(folder.resolveSibling(""));
    if (disk.equals(Files.getFileStore(home))) shared = disk;
  }

  /** Bytes newly written by this object. */
  long stored() {
    return stored.get();
  }

  /** Stores the first bytes of the buffer and gives their name. */
  String put(byte[] buffer, int length) throws IOException {
    String name = key.name(buffer, length);
    Path file = file(name);
    if (Files.exists(file)) return name;
    FileStore disk = shared;
    if (disk != null && disk.getUsableSpace() < LEFT) throw noRoom(disk.getUsableSpace());
    byte[] sealed = key.seal(packed(buffer, length), name.getBytes(StandardCharsets.US_ASCII));
    store(name, sealed);
    stored.addAndGet(sealed.length);
    return name;
  }

  private void store(String name, byte[] sealed) throws IOException {
    Path file = file(name);
    Files.createDirectories(file.getParent());
    Path fresh = file.resolveSibling(name + "." + UNFINISHED.incrementAndGet() + ".new");
    Files.write(fresh, sealed);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Stores a piece that comes from a copy; false when it is not whole, and then nothing is stored.
   */
  boolean takeBack(String name, Path from) throws IOException {
    byte[] sealed = Files.readAllBytes(from);
    if (!opens(name, sealed)) return false;
    store(name, sealed);
    return true;
  }

  /** Bytes that may still be written. */
  long room() throws IOException {
    return Space.left(folder.resolveSibling(""));
  }

  boolean has(String name) {
    return Files.exists(file(name));
  }

  /**
   * The plain bytes.
   *
   * @throws BackupRefused when it is missing or was changed
   */
  byte[] get(String name) throws IOException {
    try {
      byte[] sealed = Files.readAllBytes(file(name));
      return key.open(sealed, name.getBytes(StandardCharsets.US_ASCII))
          .map(Chunks::unpacked)
          .orElseThrow(() ->
              new BackupRefused(
                  "备份文件 " + file(name) + " 已损坏。",
                  "The piece " + file(name) + " of this backup is damaged."));
    } catch (NoSuchFileException e) {
      throw missing(name);
    }
  }

  /**
   * Opens each of these and moves those that were changed aside, so that the next backup writes
   * them anew instead of trusting their names; gives their number.
   */
  int setAsideDamaged(Iterable<String> names) throws IOException {
    int damaged = 0;
    for (String name : names) {
      Path file = file(name);
      if (!Files.exists(file) || isWhole(name)) continue;
      Files.move(file, file.resolveSibling(name + ".damaged"), StandardCopyOption.REPLACE_EXISTING);
      damaged++;
    }
    return damaged;
  }

  /** False for one that was changed. */
  boolean isWhole(String name) throws IOException {
    return opens(name, Files.readAllBytes(file(name)));
  }

  private boolean opens(String name, byte[] sealed) {
    return key.open(sealed, name.getBytes(StandardCharsets.US_ASCII)).isPresent();
  }

  BackupRefused missing(String name) {
    return new BackupRefused(
        "备份缺少文件 " + file(name) + "。", "The piece " + file(name) + " of this backup is missing.");
  }

  /**
   * Deletes what none of these backups needs, and what a killed one left; gives the count.
   *
   * @throws BackupRefused when something lies there that no backup has written: it is not ours
   */
  int sweep(Set<String> needed) throws IOException {
    if (!Files.isDirectory(folder)) return 0;
    try (Stream<Path> files = Files.walk(folder)) {
      Optional<Path> foreign =
          files
              .filter(Files::isRegularFile)
              .filter(f -> !isPiece(folder.relativize(f).toString()))
              .findFirst();
      if (foreign.isPresent()) throw foreign(foreign.get());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    int count = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        if (needed.contains(file.getFileName().toString())) continue;
        Files.deleteIfExists(file);
        count++;
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return count;
  }

  /** True for the name, below chunks, of what only a backup writes. */
  static boolean isPiece(String name) {
    return PIECE.matcher(name).matches();
  }

  private BackupRefused noRoom(long left) {
    return new BackupRefused(
        folder.getParent()
            + " 与数据库在同一块磁盘上，只剩 "
            + (left >> 20)
            + " MB，须留 "
            + (LEFT >> 20)
            + " MB 给数据库：请腾出空间，或用 backup.folder 指定另一块磁盘。",
        folder.getParent()
            + " is on the database's own disk, which has "
            + (left >> 20)
            + " MB left; "
            + (LEFT >> 20)
            + " MB are the database's: free some, or name a folder on another disk with backup.folder.");
  }

  private static BackupRefused foreign(Path file) {
    return new BackupRefused(
        "文件 " + file + " 不是备份写的；备份要用自己的文件夹，其中的 chunks 只放备份的内容。",
        "The file "
            + file
            + " was not written by a backup: backups need a folder of their own, whose chunks hold nothing else.");
  }

  private byte[] packed(byte[] buffer, int length) {
    Press idle = presses.poll();
    Press press =
        idle != null ? idle : new Press(new Deflater(Deflater.BEST_SPEED, true), new byte[SIZE]);
    Deflater deflater = press.deflater();
    deflater.reset();
    deflater.setInput(buffer, 0, length);
    deflater.finish();
    int size = deflater.deflate(press.squeezed(), 0, Math.min(SIZE, length));
    boolean smaller = deflater.finished() && size < length;
    byte[] packed = new byte[1 + (smaller ? size : length)];
    packed[0] = smaller ? DEFLATED : PLAIN;
    System.arraycopy(smaller ? press.squeezed() : buffer, 0, packed, 1, packed.length - 1);
    presses.add(press);
    return packed;
  }

  private static byte[] unpacked(byte[] packed) {
    if (packed[0] == PLAIN) return Arrays.copyOfRange(packed, 1, packed.length);
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(packed, 1, packed.length - 1);
      ByteArrayOutputStream out = new ByteArrayOutputStream(SIZE);
      byte[] part = new byte[64 * 1024];
      while (!inflater.finished()) {
        int size = inflater.inflate(part);
        if (size == 0) throw new IllegalStateException("a piece that does not end");
        out.write(part, 0, size);
      }
      return out.toByteArray();
    } catch (DataFormatException e) {
      throw new IllegalStateException(e);
    } finally {
      inflater.end();
    }
  }

  private Path file(String name) {
    return folder.resolve(name.substring(0, 2)).resolve(name);
  }

  @Override
  public void close() {
    for (Press press = presses.poll(); press != null; press = presses.poll())
      press.deflater().end();
  }
}
