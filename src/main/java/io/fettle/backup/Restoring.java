package io.fettle.backup;

import io.fettle.backup.Manifest.Head;
import io.fettle.kernel.Label;
import io.fettle.kernel.PrivateFile;
import io.fettle.platform.postgres.EmbeddedPostgres;
import io.fettle.platform.postgres.HomeLock;
import io.fettle.platform.postgres.Recovery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * Brings a backup back into an empty FETTLE_HOME, without a server. What it began and did not
 * finish does not start, and is begun anew by the next restore.
 */
final class Restoring {
  private static final Set<String> NOTHING = Set.of("lock", "run", "log");
  private static final long SPARE = 200L << 20;

  private final Path home;
  private final Path conf;
  private final Progress progress;

  /**
   * @param home FETTLE_HOME
   * @param conf the settings file that the start will read
   */
  Restoring(Path home, Path conf, Progress progress) {
    this.home = home;
    this.conf = conf;
    this.progress = progress;
  }

  /**
   * What a restore needs beside the backup.
   *
   * @param key text of the backup key
   * @param masterKey text of the master key's file; empty when it is given in another way
   */
  record Keys(String key, String masterKey) {
    BackupKey backupKey() {
      return BackupKey.parse(key)
          .orElseThrow(() ->
              new BackupRefused(
                  "给出的备份密钥不是 32 字节的 base64。", "The backup key given is not 32 bytes in base64."));
    }

    @Override
    public String toString() {
      return "Keys";
    }
  }

  /** What was done. */
  record Done(Manifest manifest, Comparison comparison, List<String> setAside) {}

  Done from(Path folder, String id, Keys keys) throws IOException, SQLException {
    Shelf shelf = new Shelf(folder);
    Head head = shelf.choose(id);
    requireEmpty();
    BackupKey key = keys.backupKey();
    Manifest manifest = shelf.read(head, key);
    if (head.postgres() != EmbeddedPostgres.MAJOR)
      throw new BackupRefused(
          "备份 "
              + head.id()
              + " 来自 PostgreSQL "
              + head.postgres()
              + "，本 Fettle 带的是 "
              + EmbeddedPostgres.MAJOR
              + "；请用做出该备份的 Fettle 恢复。",
          "The backup "
              + head.id()
              + " is of PostgreSQL "
              + head.postgres()
              + " and this Fettle brings "
              + EmbeddedPostgres.MAJOR
              + "; restore it with the Fettle that made it.");
    try (HomeLock _ = HomeLock.take(home);
        Chunks chunks = new Chunks(folder, key)) {
      Laying laying = new Laying(manifest, chunks, progress);
      laying.check();
      masterKey(manifest, key, keys.masterKey());
      return lay(manifest, laying, keys);
    }
  }

  private void requireEmpty() throws IOException {
    if (!Files.isDirectory(home) || Files.exists(home.resolve(Recovery.UNFINISHED))) return;
    try (Stream<Path> files = Files.list(home)) {
      if (files.allMatch(file -> NOTHING.contains(file.getFileName().toString()))) return;
    }
    throw new BackupRefused(
        "目录 " + home + " 不是空的；恢复只写入空目录，请移走它或用 FETTLE_HOME 指定另一个目录。",
        "The folder "
            + home
            + " is not empty; a restore goes into an empty one only: move it away, or name another with FETTLE_HOME.");
  }

  private static void masterKey(Manifest manifest, BackupKey key, String given) {
    if (manifest.masterKey() == null && given.isEmpty()) return;
    if (given.isEmpty())
      throw new BackupRefused(
          "备份里的机器凭据要用主密钥打开；请用 --master-key 给出它的文件（由 './fettle backup key' 导出）。",
          "The machines' credentials in this backup open with the master key; give its file with --master-key ('./fettle backup key' exported it).");
    String expected = manifest.masterKey();
    if (expected == null || expected.equals(MasterKeyFile.mark(given, key))) return;
    throw new BackupRefused(
        "给出的主密钥不是这个备份里的凭据所用的那一个。",
        "The master key given is not the one that the credentials in this backup were sealed with.");
  }

  private Done lay(Manifest manifest, Laying laying, Keys keys) throws IOException, SQLException {
    Recovery.clear(home);
    PrivateFile.write(home.resolve(Recovery.UNFINISHED), manifest.head().id());
    clear();
    Recovery recovery = Recovery.into(home);
    if (recovery.room() < manifest.head().bytes() + SPARE)
      throw new BackupRefused(
          "磁盘空间不足：需要 "
              + ((manifest.head().bytes() + SPARE) >> 20)
              + " MB，剩余 "
              + (recovery.room() >> 20)
              + " MB。",
          "There is not enough room: "
              + ((manifest.head().bytes() + SPARE) >> 20)
              + " MB are needed and "
              + (recovery.room() >> 20)
              + " MB are free.");
    laying.out("database/", recovery.folder());
    laying.out("home/", home);
    List<String> aside = conf(laying);
    PrivateFile.write(home.resolve(BackupKey.FILE), keys.key().strip());
    if (!keys.masterKey().isEmpty())
      PrivateFile.write(home.resolve(MasterKeyFile.NAME), keys.masterKey().strip());
    String properties = laying.text(Laying.PROPERTIES);
    Disk.flush(recovery.folder());
    progress.at(new Label("重放数据库日志", "replaying the database's log"), 0, 0);
    Comparison same;
    try (EmbeddedPostgres postgres = recovery.run(properties, manifest.point(), _ -> {});
        Connection seen = Recovery.look(postgres)) {
      same = Comparison.of(manifest.tables(), ContentTable.sums(seen, manifest.tables(), progress));
    }
    same.require();
    Disk.flush(home);
    Files.delete(home.resolve(Recovery.UNFINISHED));
    return new Done(manifest, same, aside);
  }

  /** Removes what an unfinished restore left here. */
  private void clear() throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      for (Path file : files.toList())
        if (!NOTHING.contains(file.getFileName().toString()) && !file.endsWith(Recovery.UNFINISHED))
          FileSystemUtils.deleteRecursively(file);
    }
  }

  /** The configuration goes where the start reads it; a file that differs is kept beside. */
  private List<String> conf(Laying laying) throws IOException {
    Path fresh = Files.createTempDirectory(home, "conf-");
    List<String> aside = new ArrayList<>();
    laying.out("conf/", fresh);
    try (Stream<Path> files = Files.walk(fresh)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path place = conf.resolveSibling("").resolve(fresh.relativize(file));
        Files.createDirectories(place.getParent());
        if (Files.exists(place) && Files.mismatch(file, place) < 0) continue;
        if (Files.exists(place)) {
          Path kept = place.resolveSibling(place.getFileName() + ".before-restore");
          Files.move(place, kept, StandardCopyOption.REPLACE_EXISTING);
          aside.add(kept.toString());
        }
        Files.copy(file, place, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    FileSystemUtils.deleteRecursively(fresh);
    return aside;
  }
}
