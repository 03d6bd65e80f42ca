package io.fettle.support;

import io.fettle.platform.Migrations;
import io.fettle.platform.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.util.FileSystemUtils;

/**
 * One real PostgreSQL 18 per test JVM, the same as in production but that it forgets what a power
 * cut would take; each caller gets a database of its own, migrated.
 */
public final class TestPostgres {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static @Nullable EmbeddedPostgres server;
  private static boolean template;

  private TestPostgres() {}

  /** A fresh database with every room's tables. */
  public static synchronized DataSource fresh() {
    try {
      EmbeddedPostgres postgres = started();
      if (!template) {
        sql(postgres, "create database fettle_template");
        Migrations.run(database(postgres, "fettle_template"));
        template = true;
      }
      String name = "t" + NUMBER.incrementAndGet();
      sql(postgres, "create database " + name + " template fettle_template");
      return database(postgres, name);
    } catch (IOException | SQLException e) {
      throw new IllegalStateException("test PostgreSQL: " + e.getMessage(), e);
    }
  }

  /** A fresh database without any table. */
  public static synchronized DataSource empty() {
    try {
      EmbeddedPostgres postgres = started();
      String name = "t" + NUMBER.incrementAndGet();
      sql(postgres, "create database " + name);
      return database(postgres, name);
    } catch (IOException | SQLException e) {
      throw new IllegalStateException("test PostgreSQL: " + e.getMessage(), e);
    }
  }

  /** Runs one statement in a database made here. */
  public static void run(DataSource database, String text) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  /** JDBC URL of a data source made here, with user and password. */
  public static String url(DataSource database) {
    PGSimpleDataSource source = (PGSimpleDataSource) database;
    return "%s?user=%s&password=%s"
        .formatted(
            source.getUrl().replaceFirst("\\?.*", ""), source.getUser(), source.getPassword());
  }

  private static PGSimpleDataSource database(EmbeddedPostgres postgres, String name) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(postgres.url().replaceFirst("/fettle$", "/" + name));
    source.setUser(postgres.user());
    source.setPassword(postgres.password());
    return source;
  }

  private static void sql(EmbeddedPostgres postgres, String text) throws SQLException {
    try (Connection connection = database(postgres, "fettle").getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  private static EmbeddedPostgres started() throws IOException, SQLException {
    if (server != null) return server;
    Path home = Files.createTempDirectory(Path.of("/tmp"), "fettle-test-");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    EmbeddedPostgres postgres =
        EmbeddedPostgres.start(
            home,
            new EmbeddedPostgres.Options(
                List.of("fsync=off", "max_connections=300", "shared_buffers=64MB"),
                sharedBinaries(),
                what -> {},
                false));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(postgres, home)));
    mayCreateDatabases(home, postgres);
    server = postgres;
    return postgres;
  }

  /** Kept between runs, unless the clone lies where the server's account may not enter. */
  public static Optional<Path> sharedBinaries() throws IOException {
    Path shared = Path.of("target/postgres").toAbsolutePath();
    Files.createDirectories(shared);
    for (Path folder = shared; folder != null; folder = folder.getParent())
      if (!Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE))
        return Optional.empty();
    return Optional.of(shared);
  }

  private static void mayCreateDatabases(Path home, EmbeddedPostgres postgres)
      throws IOException, SQLException {
    Properties kept = new Properties();
    try (Reader reader = Files.newBufferedReader(home.resolve("database.properties"))) {
      kept.load(reader);
    }
    try (Connection master =
            DriverManager.getConnection(
                postgres.url(), "postgres", kept.getProperty("master-password"));
        Statement statement = master.createStatement()) {
      statement.execute("alter role fettle createdb");
    }
  }

  private static void end(EmbeddedPostgres postgres, Path home) {
    awaitServers();
    ProcessHandle.of(postgres.pid()).ifPresent(ProcessHandle::destroyForcibly);
    try {
      FileSystemUtils.deleteRecursively(home);
    } catch (IOException e) {
      System.err.println("left behind: " + home);
    }
  }

  /** The hooks of a JVM run at once; the tests' servers close first, while their database lives. */
  private static void awaitServers() {
    pause();
    Thread.getAllStackTraces().keySet().stream()
        .filter(hook -> hook.getName().startsWith("Spring") && hook.getName().endsWith("Hook"))
        .forEach(hook -> {
          try {
            hook.join(Duration.ofSeconds(15));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** Until every hook has started. */
  private static void pause() {
    try {
      Thread.sleep(300);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
