package io.fettle.platform;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A PostgreSQL that the company runs itself. */
final class OutsideDatabase {
  private static final int MAJOR = 18;

  private OutsideDatabase() {}

  /** Refuses one that does not answer, is too old, or gives no room for schemas. */
  static void check(DataSource database, String url) {
    try (Connection connection = database.getConnection()) {
      int major = connection.getMetaData().getDatabaseMajorVersion();
      if (major < MAJOR)
        throw new StartRefused(
            "The database at %s is PostgreSQL %d; Fettle needs %d or later."
                .formatted(shown(url), major, MAJOR));
      if (!mayCreate(connection))
        throw new StartRefused(
            "The user of the database at %s may not create schemas there; GRANT CREATE ON DATABASE to it."
                .formatted(shown(url)));
    } catch (SQLException e) {
      throw new StartRefused(
          "The database at %s cannot be used (%s); check FETTLE_DB_URL, FETTLE_DB_USER and FETTLE_DB_PASSWORD."
              .formatted(shown(url), e.getMessage()),
          e);
    }
  }

  private static boolean mayCreate(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select has_database_privilege(current_database(), 'CREATE')")) {
      return row.next() && row.getBoolean(1);
    }
  }

  /** Without parameters: they may hold a password. */
  private static String shown(String url) {
    return url.replaceFirst("\\?.*", "").replaceFirst("//[^/@]*@", "//");
  }
}
