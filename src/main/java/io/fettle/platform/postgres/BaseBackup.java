package io.fettle.platform.postgres;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A copy of the running server's data folder in the making: {@link #begin}, copy {@link #files()},
 * {@link #end}, {@link #point}, copy {@link #log()}, close.
 *
 * <p>What is copied while the server writes is made whole by its write-ahead log. A temporary
 * replication slot, which ends with the connection, keeps that log from being recycled. The log is
 * replayed up to a named point at which no transaction was writing: so what is restored is exactly
 * what a snapshot taken there sees, and can be compared with it row by row.
 */
public final class BaseBackup implements AutoCloseable {
  private static final Pattern START =
      Pattern.compile("START WAL LOCATION: \\S+ \\(file (\\w+)\\)");
  private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{24}|[0-9A-F]{8}\\.history");

  /** Made anew by every start; the folders themselves must be there. */
  private static final Set<String> EMPTIED =
      Set.of(
          "pg_wal",
          "pg_dynshmem",
          "pg_notify",
          "pg_replslot",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans");

  private static final Set<String> LEFT_OUT =
      Set.of(
          "postmaster.pid",
          "postmaster.opts",
          "backup_label",
          "backup_label.old",
          "tablespace_map",
          "tablespace_map.old",
          "recovery.signal",
          "standby.signal",
          "current_logfiles");

  private static final String CONTROL = "global/pg_control";

  private final EmbeddedPostgres postgres;
  private final Connection session;
  private String first = "";
  private String last = "";
  private final Gate gate;

  private BaseBackup(EmbeddedPostgres postgres, Connection session) {
    this.postgres = postgres;
    this.session = session;
    this.gate = new Gate(() -> postgres.master("fettle"));
  }

  /** Looks at what lies beside the database. */
  @FunctionalInterface
  public interface Still {
    void look() throws IOException;
  }

  /** Tells the server that its folder is about to be copied. */
  public static BaseBackup begin(EmbeddedPostgres postgres, String label) throws SQLException {
    Connection session = postgres.master("postgres");
    try {
      Jdbc.single(
          session,
          "select pg_create_physical_replication_slot('fettle_backup_' || pg_backend_pid(), true,"
              + " true)");
      Jdbc.single(session, "select pg_backup_start('" + word(label) + "', true)");
      return new BaseBackup(postgres, session);
    } catch (SQLException e) {
      session.close();
      throw e;
    }
  }

  /** The number that tells this database from every other. */
  public String identifier() throws SQLException {
    return Jdbc.single(session, "select system_identifier from pg_control_system()");
  }

  public Path data() {
    return postgres.data();
  }

  /** Folders and files to copy, relative to {@link #data()}; one may be gone when it is read. */
  public List<Path> files() throws IOException {
    List<Path> found = new ArrayList<>();
    Path data = data();
    Files.walkFileTree(
        data,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            Path name = data.relativize(folder);
            if (name.getNameCount() > 1 && EMPTIED.contains(name.getName(0).toString()))
              return FileVisitResult.SKIP_SUBTREE;
            if (folder.getFileName().toString().startsWith("pgsql_tmp"))
              return FileVisitResult.SKIP_SUBTREE;
            if (!folder.equals(data)) found.add(name);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            Path name = data.relativize(file);
            if (attributes.isRegularFile() && isCopied(name)) found.add(name);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) return FileVisitResult.CONTINUE;
            throw e;
          }
        });
    found.add(Path.of(CONTROL));
    return found;
  }

  private static boolean isCopied(Path name) {
    String file = name.getFileName().toString();
    return !name.equals(Path.of(CONTROL))
        && !EMPTIED.contains(name.getName(0).toString())
        && !LEFT_OUT.contains(name.toString())
        && !file.startsWith("pgsql_tmp")
        && !file.startsWith("pg_internal.init");
  }

  /** All files are copied; gives the text of the {@code backup_label} that belongs to them. */
  public String end() throws SQLException {
    String label = Jdbc.single(session, "select labelfile from pg_backup_stop(false)");
    Matcher start = START.matcher(label);
    if (!start.find()) throw new SQLException("no start in the label: " + label);
    first = start.group(1);
    return label;
  }

  /**
   * Names the point up to which the log is to be replayed, at a moment at which nobody writes.
   *
   * @param tries how often it is tried while long transactions write
   * @param still done at the point, quickly: what changes only within a transaction stands still
   * @return a snapshot of exactly that point, for reading only
   * @throws SQLException when writers left no gap
   */
  public Connection point(String name, int tries, Still still) throws SQLException, IOException {
    String restorePoint = "select pg_walfile_name(pg_create_restore_point('" + word(name) + "'))";
    Connection seen =
        gate.pass(
            tries,
            held -> {
              last = Jdbc.single(held, restorePoint);
              still.look();
            });
    Jdbc.single(session, "select pg_switch_wal()");
    return seen;
  }

  /** Every change up to now is in the files: one that is as before has not been changed. */
  public void writeOut() throws SQLException {
    Jdbc.execute(session, "checkpoint");
  }

  /** Parts of the log that the copy needs, relative to {@link #data()}. */
  public List<Path> log() throws IOException {
    try (Stream<Path> files = Files.list(data().resolve("pg_wal"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> SEGMENT.matcher(name).matches())
          .filter(name ->
              name.endsWith(".history") || name.compareTo(first) >= 0 && name.compareTo(last) <= 0)
          .sorted()
          .map(name -> Path.of("pg_wal", name))
          .toList();
    }
  }

  /** Lets the log go; ends a copy that was not finished. */
  @Override
  public void close() throws SQLException {
    gate.close();
    session.close();
  }

  private static String word(String text) {
    if (!text.matches("[A-Za-z0-9_-]{1,60}")) throw new IllegalArgumentException(text);
    return text;
  }
}
