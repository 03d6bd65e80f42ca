package io.fettle.backup;

import io.fettle.backup.Manifest.Head;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The backups in a folder. A manifest's file is one line that anybody may read and, sealed and
 * bound to that line, the rest; it comes to be in one step when all its pieces are on the disk.
 */
record Shelf(Path folder) {
  static final int FORMAT = 1;
  static final int OUTSIDE = 2;

  /** Bytes of a manifest at most: one of a database of about a terabyte. */
  static final long LARGEST = 128L << 20;

  private static final int LONGEST_LINE = 64 << 10;
  private static final int UPGRADES = 2;
  private static final String END = ".backup";

  /** Lies in every folder that a backup went to: one without it is not that folder. */
  private static final String MARK = "fettle-backups";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Path manifests() {
    return folder.resolve("manifests");
  }

  /**
   * Makes the folder where it is not there.
   *
   * @throws BackupRefused when something else has its name
   */
  static void make(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
      if (!Files.exists(folder.resolve(MARK))) Files.createFile(folder.resolve(MARK));
    } catch (FileAlreadyExistsException e) {
      throw new BackupRefused(
          e.getFile() + " 是一个文件，备份需要一个目录：请另选一个，或移走这个文件。",
          e.getFile()
              + " is a file and a backup needs a folder: name another one, or move the file away.");
    }
  }

  /** True for a folder of backups: one in the home to which they went before goes into none. */
  static boolean isOne(Path folder) {
    return Files.exists(folder.resolve(MARK))
        || Files.isDirectory(folder.resolve("manifests"))
            && Files.isDirectory(folder.resolve("chunks"));
  }

  /**
   * Where a backup has been, what is there now must be that folder still, not the place on which it
   * is not mounted.
   *
   * @throws BackupRefused when it is missing, or without anything of Fettle's
   */
  static void requireStill(Path folder) {
    if (Files.exists(folder.resolve(MARK)) || Files.exists(folder.resolve("manifests"))) return;
    throw new BackupRefused(
        folder
            + " 里已没有先前的备份：没有挂载？如果是新的磁盘，请先执行 mkdir -p "
            + folder
            + " && touch "
            + folder.resolve(MARK)
            + "。",
        folder
            + " has nothing of the backups that went there: is it mounted? If it is a new disk, first: mkdir -p "
            + folder
            + " && touch "
            + folder.resolve(MARK));
  }

  /**
   * Which of these are kept: so many of the newest, the newest two of upgrades, which are not
   * counted, and the one that was proven.
   *
   * @param heads newest first
   */
  static List<Head> kept(List<Head> heads, int keep, String proven) {
    List<Head> kept = new ArrayList<>();
    int plain = 0;
    int upgrades = 0;
    for (Head head : heads) {
      boolean young = head.upgrade() == null ? plain++ < Math.max(1, keep) : upgrades++ < UPGRADES;
      if (young || head.id().equals(proven)) kept.add(head);
    }
    return kept;
  }

  /**
   * What lies there.
   *
   * @param heads of the backups that can be read, newest first
   * @param damaged ids of those whose manifest cannot
   */
  record Stock(List<Head> heads, List<String> damaged) {
    Stock {
      heads = List.copyOf(heads);
      damaged = List.copyOf(damaged);
    }
  }

  /** Every backup; one that cannot be read hides no other. */
  Stock stock() {
    List<Head> heads = new ArrayList<>();
    List<String> damaged = new ArrayList<>();
    for (Path file : files()) {
      try {
        heads.add(head(file));
      } catch (BackupRefused e) {
        damaged.add(file.getFileName().toString().replace(END, ""));
      }
    }
    heads.sort(Comparator.comparing(Head::id).reversed());
    return new Stock(heads, damaged);
  }

  private List<Path> files() {
    try (Stream<Path> files = Files.list(manifests())) {
      return files.filter(file -> file.getFileName().toString().endsWith(END)).sorted().toList();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (IOException e) {
      throw new BackupRefused(
          "读不到备份目录 " + folder + "（" + e + "）。",
          "The backups in " + folder + " cannot be read (" + e + ").");
    }
  }

  /**
   * The backups, newest first.
   *
   * @throws BackupRefused when one of them cannot be read
   */
  List<Head> heads() {
    Stock stock = stock();
    if (!stock.damaged().isEmpty()) throw damaged(file(stock.damaged().getFirst()));
    return stock.heads();
  }

  /** The named backup, or the newest, which must not be one that cannot be read. */
  Head choose(String id) {
    Stock stock = stock();
    List<Head> heads = stock.heads();
    if (stock.damaged().contains(id)) throw damaged(file(id));
    if (heads.isEmpty() && stock.damaged().isEmpty())
      throw new BackupRefused(folder + " 里没有备份。", "There is no backup in " + folder + ".");
    if (id.isEmpty()) return newest(heads, stock.damaged());
    return heads.stream()
        .filter(head -> head.id().equals(id))
        .findFirst()
        .orElseThrow(() ->
            new BackupRefused(
                folder + " 里没有备份 " + id + "。",
                "There is no backup "
                    + id
                    + " in "
                    + folder
                    + "; 'fettle backup list "
                    + folder
                    + "' shows what is there."));
  }

  private Head newest(List<Head> heads, List<String> damaged) {
    String bad = damaged.isEmpty() ? "" : damaged.getLast();
    if (!heads.isEmpty() && heads.getFirst().id().compareTo(bad) > 0) return heads.getFirst();
    String older = heads.isEmpty() ? "" : heads.getFirst().id();
    throw new BackupRefused(
        "最新的备份清单 " + file(bad) + " 已损坏。" + (older.isEmpty() ? "" : "它之前的是 " + older + "：请写明用它。"),
        "The newest manifest "
            + file(bad)
            + " is damaged."
            + (older.isEmpty() ? "" : " The one before is " + older + ": name it."));
  }

  private static Head head(Path file) {
    try {
      if (Files.size(file) > LARGEST) throw damaged(file);
      try (InputStream in = Files.newInputStream(file)) {
        byte[] first = in.readNBytes(LONGEST_LINE);
        return JSON.readValue(Arrays.copyOf(first, line(first, file)), Head.class);
      }
    } catch (IOException | JacksonException e) {
      throw damaged(file);
    }
  }

  private static int line(byte[] all, Path file) {
    for (int i = 0; i < all.length; i++) if (all[i] == '\n') return i;
    throw damaged(file);
  }

  private static BackupRefused damaged(Path file) {
    return new BackupRefused("备份清单 " + file + " 已损坏。", "The manifest " + file + " is damaged.");
  }

  /**
   * Opens a manifest; empty when its sealed part is damaged.
   *
   * @throws BackupRefused for one of another key or of a newer format
   */
  Optional<Manifest> readable(Head head, BackupKey key) {
    try {
      return Optional.of(read(head, key));
    } catch (BackupRefused e) {
      if (!head.key().equals(key.id()) || head.format() > OUTSIDE) throw e;
      return Optional.empty();
    }
  }

  /** Opens a manifest. */
  Manifest read(Head head, BackupKey key) {
    Path file = file(head.id());
    if (head.format() != FORMAT && head.format() != OUTSIDE)
      throw new BackupRefused(
          "备份 " + head.id() + " 的格式（" + head.format() + "）需要更新的 Fettle。",
          "The backup "
              + head.id()
              + " is of format "
              + head.format()
              + ", which needs a newer Fettle.");
    if (!head.key().equals(key.id()))
      throw new BackupRefused(
          "备份 " + head.id() + " 是用密钥 " + head.key() + " 加密的，给出的密钥是 " + key.id() + "。",
          "The backup "
              + head.id()
              + " was made with the key "
              + head.key()
              + "; the key given is "
              + key.id()
              + ".");
    try {
      byte[] all = Files.readAllBytes(file);
      int line = line(all, file);
      byte[] sealed = Arrays.copyOfRange(all, line + 1, all.length);
      byte[] plain = key.open(sealed, Arrays.copyOf(all, line)).orElseThrow(() -> damaged(file));
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(plain))) {
        return JSON.readValue(in.readAllBytes(), Manifest.class);
      }
    } catch (IOException | JacksonException e) {
      throw damaged(file);
    }
  }

  /** Everything the manifest names is on the disk when this returns, and then the manifest. */
  void write(Manifest manifest, BackupKey key) throws IOException {
    byte[] head = JSON.writeValueAsBytes(manifest.head());
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(JSON.writeValueAsBytes(manifest));
    }
    byte[] sealed = key.seal(packed.toByteArray(), head);
    if (sealed.length + head.length >= LARGEST)
      throw new BackupRefused(
          "备份清单超过 " + (LARGEST >> 20) + " MB：数据太多，Fettle 无法备份。",
          "The manifest would be larger than "
              + (LARGEST >> 20)
              + " MB: this is more than Fettle can back up.");
    Files.createDirectories(manifests());
    Disk.flush(folder);
    Path file = file(manifest.head().id());
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (byte[] part : List.of(head, "\n".getBytes(StandardCharsets.US_ASCII), sealed)) {
        ByteBuffer bytes = ByteBuffer.wrap(part);
        while (bytes.hasRemaining()) out.write(bytes);
      }
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel names = FileChannel.open(manifests(), StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  void remove(Head head) throws IOException {
    Files.deleteIfExists(file(head.id()));
  }

  Path file(String id) {
    return manifests().resolve(id + END);
  }
}
