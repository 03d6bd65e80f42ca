package io.fettle.support;

import io.fettle.platform.Migrations;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.util.FileSystemUtils;

/** One real PostgreSQL 18 per test JVM; each caller gets a database of its own, migrated. */
public final class TestPostgres {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static int port;
  private static boolean template;

  private TestPostgres() {}

  /** A fresh database with every room's tables. */
  public static synchronized DataSource fresh() {
    try {
      start();
      if (!template) {
        sql("create database fettle_template");
        Migrations.run(database("fettle_template"));
        template = true;
      }
      String name = "t" + NUMBER.incrementAndGet();
      sql("create database " + name + " template fettle_template");
      return database(name);
    } catch (Exception e) {
      throw new IllegalStateException("test PostgreSQL: " + e.getMessage(), e);
    }
  }

  /** JDBC URL of a data source made here. */
  public static String url(DataSource database) {
    return ((PGSimpleDataSource) database).getUrl();
  }

  private static DataSource database(String name) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl("jdbc:postgresql://127.0.0.1:" + port + "/" + name + "?user=postgres");
    return source;
  }

  private static void sql(String text) throws Exception {
    try (var connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres");
        var statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  private static void start() throws Exception {
    if (port != 0) return;
    Path home = Files.createTempDirectory(Path.of("/tmp"), "fettle-pg-");
    Path binaries = home.resolve("bin18");
    Files.createDirectories(binaries);
    String arch = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
    try (InputStream in =
        TestPostgres.class.getResourceAsStream("/postgres-linux-" + arch + ".txz")) {
      if (in == null) throw new IOException("no PostgreSQL binaries for " + arch);
      Files.copy(in, home.resolve("pg.txz"));
    }
    exec(List.of("tar", "xJf", home.resolve("pg.txz").toString(), "-C", binaries.toString()));
    boolean root = "root".equals(System.getProperty("user.name"));
    if (root) exec(List.of("chown", "-R", "65534:65534", home.toString()));
    exec(List.of("chmod", "755", home.toString()));
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    Path data = home.resolve("data");
    exec(
        as(
            root,
            binaries.resolve("bin/initdb").toString(),
            "-D",
            data.toString(),
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-locale",
            "-E",
            "UTF8",
            "--no-sync",
            "--no-instructions"));
    Process server =
        new ProcessBuilder(
                as(
                    root,
                    binaries.resolve("bin/postgres").toString(),
                    "-D",
                    data.toString(),
                    "-p",
                    "" + free,
                    "-h",
                    "127.0.0.1",
                    "-k",
                    "",
                    "-c",
                    "fsync=off",
                    "-c",
                    "max_connections=300",
                    "-c",
                    "shared_buffers=64MB"))
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("log").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, home)));
    for (int i = 0; i < 200; i++) {
      try (var ignored =
          DriverManager.getConnection(
              "jdbc:postgresql://127.0.0.1:" + free + "/postgres?user=postgres")) {
        port = free;
        return;
      } catch (java.sql.SQLException e) {
        if (!server.isAlive())
          throw new IOException("server ended: " + Files.readString(home.resolve("log")), e);
        Thread.sleep(100);
      }
    }
    throw new IOException("server did not start: " + Files.readString(home.resolve("log")));
  }

  private static void stop(Process server, Path home) {
    server.destroyForcibly();
    try {
      server.waitFor();
      FileSystemUtils.deleteRecursively(home);
    } catch (IOException | InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> as(boolean root, String... command) {
    List<String> all = new ArrayList<>();
    if (root) all.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    all.addAll(List.of(command));
    return all;
  }

  private static void exec(List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .directory(new java.io.File("/"))
            .redirectErrorStream(true)
            .start();
    String out =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) throw new IOException(command + ": " + out);
  }
}
