package io.fettle.platform;

import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Brings every room's schema up to date, each with a history of its own, in the order of the data's
 * path.
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
          "ticket");

  private Migrations() {}

  /** Migrates all rooms; idempotent. */
  public static void run(DataSource database) {
    for (String room : ROOMS) {
      Flyway.configure()
          .dataSource(database)
          .schemas(room)
          .defaultSchema(room)
          .locations("classpath:db/migration/" + room)
          .failOnMissingLocations(false)
          .load()
          .migrate();
    }
  }
}
