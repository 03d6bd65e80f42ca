package io.fettle.backup;

import io.fettle.backup.Manifest.TableSum;
import io.fettle.platform.postgres.BaseBackup;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A copy of the running database in the making; its parts are to be done in this order. */
interface DatabaseCopy extends AutoCloseable {
  /** The number that tells this database from every other. */
  String identifier() throws SQLException;

  /** Major version. */
  int major();

  /** Of a server that somebody else runs. */
  Manifest.@Nullable Outside outside();

  /** Copies what the server keeps in files, while it works. */
  void files(FileCopy copy, Progress progress) throws IOException, SQLException;

  /** Finds a moment at which nobody writes; gives a snapshot of it. */
  Connection point(int tries, BaseBackup.Still still) throws IOException, SQLException;

  /** What a table holds when nobody has written to it since the backup before. */
  default Optional<TableSum> unchanged(Before before, String table, String file)
      throws IOException {
    return Optional.empty();
  }

  /** What names that moment when the log is replayed. */
  String pointName();

  /** Copies what of the log is needed to get there. */
  void log(FileCopy copy, Progress progress) throws IOException, SQLException;

  @Override
  void close() throws SQLException;
}
