package io.fettle.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * Brings every room's schema up to date, each with a history of its own, in the order of the data's
 * path, all of them or none: a migration that fails leaves the database as it was. A database that
 * has exactly this build's migrations is left alone at once.
 */
public final class Migrations {
  /** Rooms with tables, upstream first: foreign keys point only upstream. */
  public static final List<String> ROOMS =
      List.of(
          "platform",
          "audit",
          "identity",
          "secret",
          "cmdb",
          "transport",
          "reach",
          "monitoring",
          "fault",
          "remediation",
          "account",
          "batch",
          "ticket",
          "library",
          "backup");

  private static final Pattern SCRIPT = Pattern.compile("V[0-9]+__[A-Za-z0-9_]+\\.sql");

  private Migrations() {}

  /** One that failed; nothing was changed. The message names it and says why. */
  static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failed(String room, FlywayException e) {
      super(room + ": " + sentence(e), e);
    }

    private static String sentence(Throwable e) {
      String script = "";
      String why = String.valueOf(e.getMessage());
      for (Throwable t = e; t != null; t = t.getCause()) {
        if (t instanceof FlywayException) {
          Matcher name = SCRIPT.matcher(String.valueOf(t.getMessage()));
          if (name.find()) script = name.group() + ": ";
        }
        if (t instanceof SQLException) why = String.valueOf(t.getMessage());
      }
      return script + why.lines().findFirst().orElse("").strip();
    }
  }

  /** Migrates all rooms; idempotent. */
  public static void run(DataSource database) {
    try {
      String fingerprint = fingerprint();
      if (has(database, fingerprint)) return;
      try (OneTransaction all = OneTransaction.on(database)) {
        for (String room : ROOMS) migrate(all.steps(), room);
        remember(all.steps(), fingerprint);
        all.commit();
      }
    } catch (IOException | SQLException e) {
      throw new IllegalStateException("migrations: " + e.getMessage(), e);
    }
  }

  /** What a database that is in use lacks of this build; none for a new one. */
  static List<String> pending(DataSource database) {
    try {
      if (!inUse(database) || has(database, fingerprint())) return List.of();
      return ROOMS.stream()
          .flatMap(room -> Stream.of(flyway(database, room).info().pending()))
          .map(MigrationInfo::getScript)
          .toList();
    } catch (IOException | SQLException e) {
      throw new IllegalStateException("migrations: " + e.getMessage(), e);
    }
  }

  /**
   * Names the step from the database as it is to this build: the same as long as no Fettle was at
   * work on it in between. Empty when that cannot be told.
   */
  static String lastAtWork(DataSource database) {
    try (Connection connection = database.getConnection();
        PreparedStatement pulse =
            connection.prepareStatement("select at::text from platform.pulse");
        ResultSet row = pulse.executeQuery()) {
      return row.next() ? row.getString(1) + " " + fingerprint() : "";
    } catch (IOException | SQLException e) {
      return "";
    }
  }

  private static void migrate(DataSource database, String room) {
    try {
      flyway(database, room).migrate();
    } catch (FlywayException e) {
      throw new Failed(room, e);
    }
  }

  private static Flyway flyway(DataSource database, String room) {
    return Flyway.configure()
        .dataSource(database)
        .schemas(room)
        .defaultSchema(room)
        .locations("classpath:db/migration/" + room)
        .failOnMissingLocations(false)
        .load();
  }

  /** One hash over names and contents of all migration files of this build. */
  static String fingerprint() throws IOException {
    MessageDigest digest = sha256();
    Resource[] files =
        new PathMatchingResourcePatternResolver().getResources("classpath*:db/migration/*/*.sql");
    for (Resource file :
        List.of(files).stream().sorted(Comparator.comparing(Migrations::name)).toList()) {
      digest.update(name(file).getBytes(StandardCharsets.UTF_8));
      digest.update(file.getContentAsByteArray());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String name(Resource file) {
    try {
      String url = file.getURL().toString();
      return url.substring(url.lastIndexOf("db/migration/"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean inUse(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement there =
            connection.prepareStatement("select to_regclass('platform.migrated') is not null");
        ResultSet row = there.executeQuery()) {
      return row.next() && row.getBoolean(1);
    }
  }

  private static boolean has(DataSource database, String fingerprint) throws SQLException {
    if (!inUse(database)) return false;
    try (Connection connection = database.getConnection();
        PreparedStatement last =
            connection.prepareStatement("select 1 from platform.migrated where fingerprint = ?")) {
      last.setString(1, fingerprint);
      try (ResultSet same = last.executeQuery()) {
        return same.next();
      }
    }
  }

  private static void remember(DataSource database, String fingerprint) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement upsert =
            connection.prepareStatement(
                """
                insert into platform.migrated (fingerprint) values (?)
                on conflict (only_row) do update set fingerprint = excluded.fingerprint, at = now()
                """)) {
      upsert.setString(1, fingerprint);
      upsert.executeUpdate();
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
