package io.fettle.backup;

import io.fettle.backup.Manifest.Head;
import io.fettle.kernel.Label;
import io.fettle.kernel.PrivateFile;
import io.fettle.platform.postgres.EmbeddedPostgres;
import io.fettle.platform.postgres.Foreign;
import io.fettle.platform.postgres.HomeLock;
import io.fettle.platform.postgres.Programs.Found;
import io.fettle.platform.postgres.Recovery;
import io.fettle.platform.postgres.Space;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * Brings a backup back into an empty FETTLE_HOME, without a server. What it began and did not
 * finish does not start, and is begun anew by the next restore.
 */
final class Restoring {
  private static final Set<String> NOTHING = Set.of("lock", "run", "log");
  private static final long SPARE = 200L << 20;

  static final Label REPLAY = new Label("重放数据库日志", "replaying the database's log");

  private final Path home;
  private final Path conf;
  private final Path program;
  private final Progress progress;

  /** Which server the restored database is for. */
  enum Into {
    /** The one that Fettle brings. */
    OWN,
    /** One that somebody else runs: the files are laid out for them. */
    OUTSIDE
  }

  /**
   * @param home FETTLE_HOME
   * @param conf the settings file that the start will read
   * @param program the folder that relative names in it are of
   */
  Restoring(Path home, Path conf, Path program, Progress progress) {
    this.home = home;
    this.conf = conf;
    this.program = program;
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

  /**
   * What was done.
   *
   * @param comparison empty where the database was laid out for another server
   */
  record Done(Manifest manifest, Optional<Comparison> comparison, List<String> setAside) {}

  /**
   * @param into null: the server that Fettle brings where it can open the backup, else another
   */
  Done from(Path folder, String id, Keys keys, @Nullable Into into)
      throws IOException, SQLException {
    Shelf shelf = new Shelf(folder);
    Head head = shelf.choose(id);
    requireElsewhere(folder);
    requireEmpty();
    BackupKey key = keys.backupKey();
    Manifest manifest = shelf.read(head, key);
    Into server = chosen(manifest, into);
    try (HomeLock _ = HomeLock.take(home);
        Chunks chunks = new Chunks(folder, key)) {
      Laying laying = new Laying(manifest, chunks, progress);
      laying.check();
      masterKey(manifest, key, keys.masterKey());
      return lay(manifest, laying, keys, server);
    }
  }

  private static Into chosen(Manifest manifest, @Nullable Into wish) {
    Head head = manifest.head();
    boolean opens = head.postgres() == EmbeddedPostgres.MAJOR;
    boolean foreign = manifest.outside() != null;
    if (wish == Into.OUTSIDE && !foreign)
      throw new BackupRefused(
          "备份 " + head.id() + " 来自 Fettle 自己的数据库，只能恢复成那样的数据库。",
          "The backup " + head.id() + " is of Fettle's own database and becomes such a one only.");
    if (foreign && (wish == Into.OUTSIDE || wish == null && !opens)) return Into.OUTSIDE;
    if (opens) return Into.OWN;
    throw new BackupRefused(
        "备份 "
            + head.id()
            + " 来自 PostgreSQL "
            + head.postgres()
            + "，本 Fettle 带的是 "
            + EmbeddedPostgres.MAJOR
            + (foreign ? "；请用 --database outside 恢复到那个版本的服务器。" : "；请用做出该备份的 Fettle 恢复。"),
        "The backup "
            + head.id()
            + " is of PostgreSQL "
            + head.postgres()
            + " and this Fettle brings "
            + EmbeddedPostgres.MAJOR
            + (foreign
                ? "; restore it for a server of that version with --database outside."
                : "; restore it with the Fettle that made it."));
  }

  /** What lies in the home is removed when a restore is begun anew. */
  private void requireElsewhere(Path folder) throws IOException {
    if (!Files.isDirectory(home) || !folder.toRealPath().startsWith(home.toRealPath())) return;
    throw new BackupRefused(
        "备份 " + folder + " 在要恢复到的目录 " + home + " 里；请先把备份移到别处。",
        "The backup "
            + folder
            + " lies in "
            + home
            + ", the folder to restore into: move the backup elsewhere first.");
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

  private Done lay(Manifest manifest, Laying laying, Keys keys, Into into)
      throws IOException, SQLException {
    Recovery.clear(home);
    PrivateFile.write(home.resolve(Recovery.UNFINISHED), manifest.head().id());
    clear();
    if (into == Into.OUTSIDE) return layOutside(manifest, laying, keys);
    Recovery recovery = Recovery.into(home);
    room(manifest, recovery.room());
    laying.out("database/", recovery.folder());
    Disk.flush(recovery.folder());
    progress.at(REPLAY, 0, 0);
    Comparison same;
    try (EmbeddedPostgres postgres = started(recovery, manifest, laying, Optional.empty())) {
      try (Connection seen = Recovery.look(postgres)) {
        same = compared(manifest, seen, progress);
      }
      same.require();
      if (manifest.outside() != null) Recovery.sortAnew(postgres);
    }
    return done(manifest, Optional.of(same), others(laying, keys));
  }

  private Done layOutside(Manifest manifest, Laying laying, Keys keys) throws IOException {
    room(manifest, Space.left(home));
    Path folder = OutsideFolder.lay(home, manifest, laying);
    List<String> aside = others(laying, keys);
    Disk.flush(folder);
    return done(manifest, Optional.empty(), aside);
  }

  private static void room(Manifest manifest, long room) {
    long needed = manifest.head().bytes() + SPARE;
    if (room >= needed) return;
    throw new BackupRefused(
        "磁盘空间不足：需要 " + (needed >> 20) + " MB，剩余 " + (room >> 20) + " MB。",
        "There is not enough room: "
            + (needed >> 20)
            + " MB are needed and "
            + (room >> 20)
            + " MB are free.");
  }

  /** What is not the database; gives the files that made way. */
  private List<String> others(Laying laying, Keys keys) throws IOException {
    laying.out("home/", home);
    List<String> aside = new ArrayList<>();
    place(laying, "conf/", conf.resolveSibling(""), aside);
    place(laying, Configuration.BELOW, program, aside);
    place(laying, Configuration.AT, program.getRoot(), aside);
    PrivateFile.write(home.resolve(BackupKey.FILE), keys.key().strip());
    if (!keys.masterKey().isEmpty())
      PrivateFile.write(home.resolve(MasterKeyFile.NAME), keys.masterKey().strip());
    return aside;
  }

  private Done done(Manifest manifest, Optional<Comparison> same, List<String> aside)
      throws IOException {
    PrivateFile.write(home.resolve(Recovery.RESTORED), manifest.head().at().toString());
    Disk.flush(home);
    Files.delete(home.resolve(Recovery.UNFINISHED));
    return new Done(manifest, same, aside);
  }

  /** The laid out copy at its point, served by these programs or by those that Fettle brings. */
  static EmbeddedPostgres started(
      Recovery recovery, Manifest manifest, Laying laying, Optional<Found> programs)
      throws IOException {
    Manifest.Outside outside = manifest.outside();
    if (outside == null)
      return recovery.run(laying.text(Laying.PROPERTIES), manifest.point(), _ -> {});
    Foreign foreign = new Foreign(outside.database(), outside.user());
    return recovery.runForeign(foreign, manifest.point(), programs, _ -> {});
  }

  /** Beside Fettle's own tables may stand somebody else's in a database that was not Fettle's. */
  static Comparison compared(Manifest manifest, Connection seen, Progress progress)
      throws SQLException {
    List<Manifest.TableSum> then = manifest.tables();
    boolean others = manifest.outside() == null;
    return Comparison.of(then, ContentTable.sums(seen, then, others, progress));
  }

  /** Removes what an unfinished restore left here. */
  private void clear() throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      for (Path file : files.toList())
        if (!NOTHING.contains(file.getFileName().toString()) && !file.endsWith(Recovery.UNFINISHED))
          FileSystemUtils.deleteRecursively(file);
    }
  }

  /** What an earlier restore has kept is not overwritten. */
  private static Path unused(Path place) {
    Path kept = place.resolveSibling(place.getFileName() + ".before-restore");
    for (int i = 2; Files.exists(kept); i++)
      kept = place.resolveSibling(place.getFileName() + ".before-restore-" + i);
    return kept;
  }

  /** The configuration goes where the start reads it; a file that differs is kept beside. */
  private void place(Laying laying, String prefix, Path to, List<String> aside) throws IOException {
    Path fresh = Files.createTempDirectory(home, "conf-");
    laying.out(prefix, fresh);
    try (Stream<Path> files = Files.walk(fresh)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path place = to.resolve(fresh.relativize(file));
        Files.createDirectories(place.getParent());
        if (Files.exists(place) && Files.mismatch(file, place) < 0) continue;
        if (Files.exists(place)) aside.add(Files.move(place, unused(place)).toString());
        Files.copy(file, place, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    FileSystemUtils.deleteRecursively(fresh);
  }
}
