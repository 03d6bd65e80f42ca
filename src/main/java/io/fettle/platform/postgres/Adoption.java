package io.fettle.platform.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Is the server found in our data folder ours to use? It must answer on its port to our password,
 * be of the version we carry, and serve this very folder.
 */
final class Adoption {
  private static final Logger log = LoggerFactory.getLogger(Adoption.class);

  private Adoption() {}

  static boolean accepts(Postmaster found, Cluster cluster, Keepsake keepsake) throws IOException {
    try (Connection master = Jdbc.master(found.port(), keepsake.masterPassword())) {
      String version = Jdbc.single(master, "show server_version");
      String identifier = Jdbc.single(master, "select system_identifier from pg_control_system()");
      Path data = Path.of(Jdbc.single(master, "show data_directory"));
      return version.equals(Binaries.VERSION)
          && identifier.equals("" + cluster.systemIdentifier())
          && Files.isSameFile(data, cluster.data());
    } catch (SQLException e) {
      log.warn("a PostgreSQL in our folder is replaced: it does not answer: {}", e.getMessage());
      return false;
    }
  }
}
