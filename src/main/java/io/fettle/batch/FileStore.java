package io.fettle.batch;

import io.fettle.kernel.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Contents of files in {@code FETTLE_HOME/files}, each once under its SHA-256, whole or not at all.
 * What a row names is on disk before the row is.
 */
@Component
class FileStore {
  private static final int BITE = 64 * 1024;

  /** Bytes of its disk, which is the database's too, that no file takes. */
  private static final long LEFT = 512L << 20;

  private final Path folder;

  /** Bytes that are on their way and have room. */
  private final AtomicLong coming = new AtomicLong();

  FileStore(Environment environment) {
    folder =
        Path.of(environment.getProperty("fettle.home", "data")).toAbsolutePath().resolve("files");
  }

  /** A content that stands. */
  record Content(Path file, String sha256, long size) {}

  /** Room on the disk, until it is closed. */
  interface Room extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Room for so many bytes, beside what others have it for.
   *
   * @throws Problem 409 when the database would be left with too little
   */
  Room room(long bytes) throws IOException {
    Files.createDirectories(folder);
    Room room = () -> coming.addAndGet(-bytes);
    try {
      leave(coming.addAndGet(bytes));
      return room;
    } catch (IOException | RuntimeException e) {
      room.close();
      throw e;
    }
  }

  private void leave(long taken) throws IOException {
    long left = Files.getFileStore(folder).getUsableSpace();
    if (left - taken < LEFT)
      throw Problem.conflict(
          "Fettle 自己的磁盘只剩 " + (left >> 20) + " MB，须留 " + (LEFT >> 20) + " MB 给数据库：请先腾出空间，再收文件",
          "Fettle's own disk has "
              + (left >> 20)
              + " MB left, and "
              + (LEFT >> 20)
              + " MB are the database's: free some before files come");
  }

  /**
   * Takes a content in.
   *
   * @throws Problem 422 when it is larger than {@code most} bytes, 409 when there is no room for
   *     it; nothing is kept then
   */
  Content take(InputStream in, long most) throws IOException {
    Path fresh = fresh();
    try {
      MessageDigest digest = sha256();
      long size = 0;
      try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        byte[] bite = new byte[BITE];
        for (int n = in.read(bite); n >= 0; n = in.read(bite)) {
          size += n;
          if (size > most) throw tooLarge(most);
          leave(0);
          digest.update(bite, 0, n);
          ByteBuffer left = ByteBuffer.wrap(bite, 0, n);
          while (left.hasRemaining()) out.write(left);
        }
        out.force(true);
      }
      String sha256 = HexFormat.of().formatHex(digest.digest());
      Path place = file(sha256);
      Files.createDirectories(place.getParent());
      Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel names = FileChannel.open(place.getParent())) {
        names.force(true);
      }
      return new Content(place, sha256, size);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static Problem tooLarge(long most) {
    return Problem.badInput(
        "file",
        "",
        "文件超过上限 " + most + " 字节（batch.files.put）",
        "the file is larger than " + most + " bytes (batch.files.put)");
  }

  /** An empty file of one's own, on the same disk; whoever asked deletes it. */
  Path fresh() throws IOException {
    Files.createDirectories(folder);
    return Files.createTempFile(
        folder,
        "coming-",
        ".tmp",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  Path file(String sha256) {
    if (!sha256.matches("[0-9a-f]{64}")) throw new IllegalArgumentException("no SHA-256");
    return folder.resolve(sha256.substring(0, 2)).resolve(sha256);
  }

  /** Deletes contents that came before this time and that nobody names. */
  void tidy(Instant before, Predicate<String> named) {
    if (!Files.isDirectory(folder)) return;
    try (Stream<Path> all = Files.walk(folder, 2)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        if (!Files.getLastModifiedTime(file).toInstant().isBefore(before)) continue;
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".tmp") || name.matches("[0-9a-f]{64}") && !named.test(name))
          Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
