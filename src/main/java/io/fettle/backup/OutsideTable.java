package io.fettle.backup;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.replication.LogSequenceNumber;

/** What is asked of a PostgreSQL that somebody else runs, to copy it. */
final class OutsideTable {
  private OutsideTable() {}

  /**
   * What it is.
   *
   * @param bytes of all databases that Fettle's role may see
   * @param segment bytes of one file of its log
   * @param tablespaces beside the two that every PostgreSQL has
   */
  record Facts(
      int major, String version, long bytes, long segment, int tablespaces, String walLevel) {}

  static Facts facts(Connection own) throws SQLException {
    try (Statement statement = own.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                select current_setting('server_version_num')::int / 10000,
                  current_setting('server_version'),
                  (select sum(pg_database_size(oid)) from pg_database
                   where has_database_privilege(oid, 'CONNECT')),
                  (select setting::bigint from pg_settings where name = 'wal_segment_size'),
                  (select count(*) from pg_tablespace
                   where spcname not in ('pg_default', 'pg_global')),
                  current_setting('wal_level')
                """)) {
      row.next();
      return new Facts(
          row.getInt(1),
          row.getString(2),
          row.getLong(3),
          row.getLong(4),
          row.getInt(5),
          row.getString(6));
    }
  }

  /** A slot that ends with this connection and keeps the log from now on. */
  static void keepLog(Connection replication, String label) throws SQLException {
    if (!label.matches("[a-z0-9_]{1,60}")) throw new IllegalArgumentException(label);
    try (Statement statement = replication.createStatement()) {
      statement.execute("CREATE_REPLICATION_SLOT " + label + " TEMPORARY PHYSICAL RESERVE_WAL");
    }
  }

  /** The number that tells this database from every other, and its timeline. */
  record Identity(String system, int timeline) {}

  static Identity identifier(Connection replication) throws SQLException {
    try (Statement statement = replication.createStatement();
        ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
      row.next();
      return new Identity(row.getString("systemid"), row.getInt("timeline"));
    }
  }

  /** Where the next word of the log will stand. */
  static LogSequenceNumber position(Connection held) throws SQLException {
    return position(held, "select pg_current_wal_insert_lsn()::text");
  }

  /** Writes a word that means nothing, so that the log goes on; gives the position after it. */
  static LogSequenceNumber wordInLog(Connection held) throws SQLException {
    return position(held, "select pg_logical_emit_message(true, 'fettle', 'backup')::text");
  }

  private static LogSequenceNumber position(Connection held, String query) throws SQLException {
    try (Statement statement = held.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return LogSequenceNumber.valueOf(row.getString(1));
    }
  }

  /** Where the segment after the one of this name begins. */
  static LogSequenceNumber after(String segment, long size) {
    long each = 0x1_0000_0000L / size;
    long number =
        Long.parseUnsignedLong(segment.substring(8, 16), 16) * each
            + Long.parseUnsignedLong(segment.substring(16), 16);
    return LogSequenceNumber.valueOf((number + 1) * size);
  }
}
