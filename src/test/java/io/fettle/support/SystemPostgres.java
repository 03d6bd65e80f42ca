package io.fettle.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL of the system's packages, as a company would run one: not Fettle's, not of Fettle's
 * version, with roles, settings and rules of its own. Runs as an account that is not root, in a
 * folder of its own, on a free port.
 */
public final class SystemPostgres implements AutoCloseable {
  /** Its superuser, who is not called postgres. */
  public static final String SUPERUSER = "dba";

  private final Path folder;
  private final Path data;
  private final int port;
  private boolean running;

  private SystemPostgres(Path folder, Path data, int port) {
    this.folder = folder;
    this.data = data;
    this.port = port;
  }

  /** A fresh one. */
  public static SystemPostgres fresh() throws IOException {
    Path folder = folder();
    Path data = folder.resolve("data");
    must(
        "initdb",
        "-D",
        data.toString(),
        "--username=" + SUPERUSER,
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync");
    Files.writeString(
        data.resolve("pg_hba.conf"),
        """
        host all dba 127.0.0.1/32 trust
        host all all 127.0.0.1/32 scram-sha-256
        host replication barred 127.0.0.1/32 reject
        host replication all 127.0.0.1/32 scram-sha-256
        """);
    SystemPostgres server = new SystemPostgres(folder, data, free());
    server.start();
    return server;
  }

  /** One that serves what lies in this folder, which it takes. */
  public static SystemPostgres on(Path laid) throws IOException {
    Path folder = folder();
    Path data = folder.resolve("data");
    FileSystemUtils.copyRecursively(laid, data);
    try (Stream<Path> all = Files.walk(data)) {
      for (Path file : all.toList()) {
        Files.setPosixFilePermissions(
            file,
            PosixFilePermissions.fromString(Files.isDirectory(file) ? "rwx------" : "rw-------"));
        own(file);
      }
    }
    SystemPostgres server = new SystemPostgres(folder, data, free());
    server.start();
    return server;
  }

  private static Path folder() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("/tmp"), "fettle-outside-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    own(folder);
    return folder;
  }

  private static void own(Path file) throws IOException {
    if (isRoot()) must("chown", "nobody", file.toString());
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private void start() throws IOException {
    String options =
        "-p %d -h 127.0.0.1 -k %s -c fsync=off -c timezone=Asia/Shanghai".formatted(port, folder);
    must(
        "pg_ctl",
        "-D",
        data.toString(),
        "-l",
        folder.resolve("log").toString(),
        "-o",
        options,
        "-t",
        "60",
        "-w",
        "start");
    running = true;
  }

  /** The folder with its programs: the newest there is. */
  public static Path programs() {
    try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.comparingInt(SystemPostgres::major))
          .orElseThrow(() -> new IllegalStateException("no server in /usr/lib/postgresql"));
    } catch (IOException e) {
      throw new IllegalStateException("the tests need the package postgresql", e);
    }
  }

  private static int major(Path bin) {
    return Integer.parseInt(bin.getName(bin.getNameCount() - 2).toString());
  }

  /** Its major version. */
  public static int major() {
    return major(programs());
  }

  /** JDBC address of one of its databases. */
  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /** One statement as its superuser. */
  public void run(String database, String text) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(database), SUPERUSER, "");
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  /** One number as its superuser. */
  public long number(String database, String query) {
    try (Connection connection = DriverManager.getConnection(url(database), SUPERUSER, "");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private static void must(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (isRoot() && !program.equals("chown"))
      command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    command.add(program.equals("chown") ? program : programs().resolve(program).toString());
    command.addAll(List.of(arguments));
    Path said = Files.createTempFile("fettle-", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(Path.of("/").toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
      builder.environment().put("LC_ALL", "C");
      Process process = builder.start();
      if (!process.waitFor(90, TimeUnit.SECONDS) || process.exitValue() != 0)
        throw new IOException(program + ": " + Files.readString(said));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      Files.delete(said);
    }
  }

  /** What it said. */
  public String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  /** Ends it; what it has stays. */
  public void stop() throws IOException {
    if (running) must("pg_ctl", "-D", data.toString(), "-m", "immediate", "-w", "stop");
    running = false;
  }

  @Override
  public void close() throws IOException {
    stop();
    FileSystemUtils.deleteRecursively(folder);
  }
}
