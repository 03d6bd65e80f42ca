package io.fettle.backup;

import io.fettle.backup.Manifest.Head;
import io.fettle.platform.postgres.EmbeddedPostgres;
import io.fettle.platform.postgres.Programs;
import io.fettle.platform.postgres.Programs.Found;
import io.fettle.platform.postgres.Recovery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Proves a backup: restores it into a throw-away server and compares every table. */
final class Verifying {
  /** Of the disk, which is the database's too, beside a tenth of what is laid out. */
  private static final long SPARE = 512L << 20;

  private static final long LIMIT_MINUTES = 60;

  private final Scratch scratch;
  private final Programs programs;
  private final BackupKey key;

  /**
   * @param programs this machine's, for a backup of another major version
   */
  Verifying(Scratch scratch, Programs programs, BackupKey key) {
    this.scratch = scratch;
    this.programs = programs;
    this.key = key;
  }

  /** Makes a place for the throw-away server. */
  @FunctionalInterface
  interface Begin {
    Recovery run() throws IOException;
  }

  /** Removes that place and what is in it. */
  @FunctionalInterface
  interface Discard {
    void run() throws IOException;
  }

  /** Where the throw-away server is. */
  record Scratch(Begin begin, Discard discard) {
    /** On the disk of Fettle's own database. */
    static Scratch beside(EmbeddedPostgres own) {
      return new Scratch(() -> Recovery.scratch(own), () -> Recovery.discardScratch(own));
    }

    /** Below FETTLE_HOME, with a database elsewhere. */
    static Scratch below(Path home) {
      return new Scratch(() -> Recovery.scratch(home), () -> Recovery.discardScratch(home));
    }
  }

  /**
   * The named backup, or the newest.
   *
   * @throws BackupRefused naming what is missing, damaged or different
   */
  Comparison of(Path folder, Head head, Progress progress) throws IOException, SQLException {
    Manifest manifest = new Shelf(folder).read(head, key);
    Optional<Found> server = server(manifest);
    Recovery recovery = scratch.begin().run();
    try (Chunks chunks = new Chunks(folder, key)) {
      requireRoom(head, recovery.room());
      Laying laying = read(manifest, chunks, recovery.folder(), progress);
      if (manifest.outside() != null) byTheServersOwnList(recovery.folder(), head.postgres());
      progress.at(Restoring.REPLAY, 0, 0);
      try (EmbeddedPostgres postgres = Restoring.started(recovery, manifest, laying, server);
          Connection seen = Recovery.look(postgres)) {
        Comparison same = Restoring.compared(manifest, seen, progress);
        same.require();
        return same;
      }
    } finally {
      scratch.discard().run();
    }
  }

  private static void requireRoom(Head head, long room) {
    long needed = head.bytes() + head.bytes() / 10 + SPARE;
    if (room >= needed) return;
    throw new BackupRefused(
        "没有空间试恢复：需要 " + (needed >> 20) + " MB，剩余 " + (room >> 20) + " MB。",
        "There is no room to restore it for the test: "
            + (needed >> 20)
            + " MB are needed and "
            + (room >> 20)
            + " MB are free.");
  }

  /** Every piece of it, the database's laid out; those that were changed are set aside. */
  private static Laying read(Manifest manifest, Chunks chunks, Path to, Progress progress)
      throws IOException {
    Laying laying = new Laying(manifest, chunks, progress);
    laying.check();
    try {
      laying.out("database/", to);
      laying.readOther();
      return laying;
    } catch (BackupRefused e) {
      throw aside(e, manifest, chunks);
    }
  }

  private static BackupRefused aside(BackupRefused found, Manifest manifest, Chunks chunks) {
    try {
      int damaged = chunks.setAsideDamaged(manifest.chunks());
      if (damaged == 0) return found;
      return new BackupRefused.SetAside(
          found.why().zh() + "共 " + damaged + " 个损坏的文件已移到一边，下一次备份会重新写入。",
          found.why().en()
              + " "
              + damaged
              + " damaged in all, set aside: the next backup writes them anew.");
    } catch (IOException e) {
      found.addSuppressed(e);
      return found;
    }
  }

  /** The programs that can serve it; empty: those that Fettle brings. */
  private Optional<Found> server(Manifest manifest) throws IOException {
    int major = manifest.head().postgres();
    if (major == EmbeddedPostgres.MAJOR) return Optional.empty();
    Optional<Found> found = programs.exactly("postgres", major);
    if (found.isEmpty() || manifest.outside() == null)
      throw new BackupRefused(
          "备份来自 PostgreSQL %d，而本机没有它的服务器程序，无法试恢复：请安装 postgresql-%d（不必运行它），或在 backup.outside.programs 中写明它的目录。"
              .formatted(major, major),
          "The backup is of PostgreSQL %d and this machine lacks that server's programs to restore it for the test: install postgresql-%d (it need not run), or name its folder in backup.outside.programs."
              .formatted(major, major));
    return found;
  }

  /** pg_verifybackup, where there is one that knows the version, against the server's own list. */
  private void byTheServersOwnList(Path folder, int major) throws IOException {
    Optional<Found> program = programs.atLeast("pg_verifybackup", major);
    if (program.isEmpty()) return;
    Path said = Files.createTempFile("fettle-", ".out");
    try {
      Process process =
          new ProcessBuilder(
                  program.get().file().toString(), "--no-parse-wal", "--quiet", folder.toString())
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(said.toFile())
              .start();
      try {
        if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES))
          throw new IOException("pg_verifybackup did not end in " + LIMIT_MINUTES + " min");
      } finally {
        process.destroyForcibly();
      }
      if (process.exitValue() == 0) return;
      String why =
          Files.readString(said, StandardCharsets.ISO_8859_1).lines().findFirst().orElse("");
      throw new BackupRefused(
          "pg_verifybackup 不认可这个备份：" + why, "pg_verifybackup does not take the backup: " + why);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.deleteIfExists(said);
    }
  }
}
