package io.fettle.backup;

import io.fettle.kernel.PrivateFile;
import io.fettle.platform.postgres.BaseBackup;
import io.fettle.platform.postgres.Gate;
import io.fettle.platform.postgres.Programs;
import io.fettle.platform.postgres.Programs.Found;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * Of a PostgreSQL that somebody else runs: its files come from pg_basebackup as one archive that is
 * never on the disk, and the log after them by replication. A temporary slot, which ends with the
 * connection, keeps that log until then.
 */
final class OutsideCopy implements DatabaseCopy {
  private static final Pattern SEGMENT = Pattern.compile("pg_wal/[0-9A-F]{24}");
  private static final long SPARE = 200L << 20;

  private final OutsideServer server;
  private final Connection slot;
  private final Gate gate;
  private final OutsideTable.Facts facts;
  private final String label;
  private final Path passwords;
  private String last = "";
  private LogSequenceNumber target = LogSequenceNumber.INVALID_LSN;
  private LogSequenceNumber after = LogSequenceNumber.INVALID_LSN;

  private OutsideCopy(
      OutsideServer server,
      Connection slot,
      OutsideTable.Facts facts,
      String label,
      Path passwords) {
    this.server = server;
    this.slot = slot;
    this.facts = facts;
    this.label = label;
    this.passwords = passwords;
    this.gate = new Gate(server::open);
  }

  /**
   * Looks whether it can be copied, and keeps its log from now on.
   *
   * @param home FETTLE_HOME
   * @throws BackupRefused with what is missing and who is to do what
   */
  static OutsideCopy begin(OutsideServer server, Path home, String label)
      throws SQLException, IOException {
    OutsideTable.Facts facts;
    try (Connection own = server.open()) {
      facts = OutsideTable.facts(own);
    }
    refuse(facts);
    Connection slot = server.replication();
    try {
      OutsideTable.keepLog(slot, label);
      return new OutsideCopy(server, slot, facts, label, OutsideServer.passwords(home));
    } catch (SQLException e) {
      slot.close();
      throw server.refused(e);
    }
  }

  private static void refuse(OutsideTable.Facts facts) {
    if (facts.tablespaces() > 0)
      throw new BackupRefused(
          "PostgreSQL 有自建的表空间，这样的数据库 Fettle 不备份：请把其中的内容移到 pg_default，或设 backup.outside.enabled: false 由其管理者备份。",
          "The PostgreSQL has tablespaces of its own, which Fettle does not back up: move what is in them to pg_default, or set backup.outside.enabled: false and let those who run it back it up.");
    if (facts.walLevel().equals("minimal"))
      throw new BackupRefused(
          "PostgreSQL 的 wal_level 是 minimal，这样不能备份：请 DBA 设为 replica 并重新启动它。",
          "The PostgreSQL runs with wal_level minimal, which allows no backup: let the DBA set it to replica and restart it.");
  }

  @Override
  public String identifier() throws SQLException {
    return OutsideTable.identifier(slot).system();
  }

  @Override
  public int major() {
    return facts.major();
  }

  @Override
  public Manifest.@Nullable Outside outside() {
    return new Manifest.Outside(
        server.address(), facts.version(), server.database(), server.user());
  }

  @Override
  public void files(FileCopy copy, Progress progress) throws IOException, SQLException {
    room(copy);
    Found program = program();
    PrivateFile.write(passwords, server.passwordLine());
    try (BaseBackupProgram child =
        new BaseBackupProgram(
            program.file(), server.environment(passwords), label, server.settings().timeLimit())) {
      progress.at(OwnCopy.DATABASE, 0, 0);
      try {
        read(child, copy, progress);
      } catch (IOException e) {
        if (e instanceof EOFException || child.isLate()) child.end();
        throw e;
      }
      child.end();
    } finally {
      Files.deleteIfExists(passwords);
    }
  }

  private void read(BaseBackupProgram child, FileCopy copy, Progress progress) throws IOException {
    TarFiles tar = new TarFiles(child.archive());
    for (Optional<TarFiles.Entry> next = tar.next(); next.isPresent(); next = tar.next()) {
      TarFiles.Entry entry = next.get();
      if (Thread.interrupted()) throw new IOException("interrupted");
      Path name = Path.of(entry.name()).normalize();
      if (name.isAbsolute() || name.startsWith("..") || entry.type() != '0' && entry.type() != '5')
        throw new BackupRefused(
            "pg_basebackup 给出了 Fettle 不备份的内容：" + entry.name() + "。",
            "pg_basebackup gave something that Fettle does not back up: " + entry.name() + ".");
      if (SEGMENT.matcher(name.toString()).matches()) last = name.getFileName().toString();
      copy.add("database/" + name, entry, tar);
      progress.at(OwnCopy.DATABASE, copy.bytes(), Math.max(copy.bytes(), child.total()));
    }
  }

  private void room(FileCopy copy) throws IOException {
    long needed = (copy.hasBefore() ? 0 : facts.bytes()) + SPARE;
    long free = copy.room();
    if (free >= needed) return;
    throw new BackupRefused(
        "备份目录空间不足：最多需要 " + (needed >> 20) + " MB，剩余 " + (free >> 20) + " MB。",
        "There is not enough room for the backup: up to "
            + (needed >> 20)
            + " MB are needed and "
            + (free >> 20)
            + " MB are free.");
  }

  private Found program() throws IOException {
    Programs programs = server.settings().found();
    Optional<Found> found = programs.atLeast("pg_basebackup", facts.major());
    if (found.isPresent()) return found.get();
    String newest =
        programs.all("pg_basebackup").reversed().stream()
            .findFirst()
            .map(one -> " " + one.major())
            .orElse("");
    throw new BackupRefused(
        "本机没有 PostgreSQL %d 或更新的 pg_basebackup%s：请安装 postgresql-client-%d（RHEL：postgresql%d），或在 backup.outside.programs 中写明它的目录。"
            .formatted(
                facts.major(),
                newest.isEmpty() ? "" : "（只有" + newest + "）",
                facts.major(),
                facts.major()),
        "This machine has no pg_basebackup of PostgreSQL %d or newer%s: install postgresql-client-%d (RHEL: postgresql%d), or name its folder in backup.outside.programs."
            .formatted(
                facts.major(),
                newest.isEmpty() ? "" : " (only" + newest + ")",
                facts.major(),
                facts.major()));
  }

  @Override
  public Connection point(int tries, BaseBackup.Still still) throws IOException, SQLException {
    return gate.pass(
        tries,
        held -> {
          target = OutsideTable.position(held);
          still.look();
          after = OutsideTable.wordInLog(held);
        });
  }

  @Override
  public String pointName() {
    return target.asString();
  }

  @Override
  public void log(FileCopy copy, Progress progress) throws IOException, SQLException {
    int timeline = Integer.parseUnsignedInt(last.substring(0, 8), 16);
    if (timeline != OutsideTable.identifier(slot).timeline())
      throw new BackupRefused(
          "备份期间 PostgreSQL 换了主机（时间线变了），请再备份一次。",
          "The PostgreSQL changed over to another host during the backup; take it again.");
    LogSequenceNumber from = OutsideTable.after(last, facts.segment());
    if (Long.compareUnsigned(after.asLong(), from.asLong()) <= 0) return;
    PGReplicationStream stream = OutsideServer.log(slot, from);
    LogTail tail = new LogTail(stream, from, after, facts.segment());
    long all = (after.asLong() - from.asLong()) / facts.segment() + 1;
    long done = 0;
    for (String name = tail.next(timeline); !name.isEmpty(); name = tail.next(timeline)) {
      progress.at(OwnCopy.LOG, done++, all);
      copy.add("database/pg_wal/" + name, tail);
    }
  }

  @Override
  public void close() throws SQLException {
    gate.close();
    // A connection that streams does not take a polite end at once.
    slot.abort(Runnable::run);
  }
}
