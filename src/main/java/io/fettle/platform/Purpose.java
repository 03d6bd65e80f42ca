package io.fettle.platform;

import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What a database is for, settled at its first start: the lab, which breaks its machines and
 * repairs them by itself, never shares one with a real fleet.
 */
final class Purpose {
  private Purpose() {}

  /**
   * @throws StartRefused when the database was begun for the other purpose
   */
  static void check(DataSource database, boolean lab) {
    JdbcClient jdbc = JdbcClient.create(database);
    jdbc.sql("insert into platform.purpose (lab) values (:lab) on conflict do nothing")
        .param("lab", lab)
        .update();
    Optional<Boolean> begun =
        jdbc.sql("select lab from platform.purpose").query(Boolean.class).optional();
    if (begun.orElse(lab) == lab) return;
    throw new StartRefused(
        lab
            ? "This database keeps a real fleet, and the lab would hand it simulated machines and repair by itself;"
                + " start the lab without FETTLE_HOME and FETTLE_DB_URL, or with ones of its own."
            : "This database belongs to a lab (up --lab); start with --lab, or with a FETTLE_HOME or FETTLE_DB_URL"
                + " of its own for a real fleet.");
  }
}
