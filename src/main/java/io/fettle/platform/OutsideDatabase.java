package io.fettle.platform;

import java.sql.Connection;
import java.sql.SQLException;
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
    } catch (SQLException e) {
      throw new StartRefused(
          "The database at %s cannot be used (%s); check FETTLE_DB_URL, FETTLE_DB_USER and FETTLE_DB_PASSWORD."
              .formatted(shown(url), e.getMessage()),
          e);
    }
  }

  /** Without parameters: they may hold a password. */
  private static String shown(String url) {
    return url.replaceFirst("\\?.*", "").replaceFirst("//[^/@]*@", "//");
  }
}
