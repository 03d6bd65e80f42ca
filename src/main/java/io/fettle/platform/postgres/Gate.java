package io.fettle.platform.postgres;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A moment at which nobody writes to Fettle's tables, and a snapshot of exactly that moment.
 * Writers wait for an instant, once it is the turn of this: a tenth of a second at the first try,
 * half a second at the later ones, and never more than a quarter of the time.
 */
public final class Gate implements AutoCloseable {
  private static final int FIRST_WAIT = 100;
  private static final int LONGEST_WAIT = 500;

  /** Longer than a vacuum is let go on that holds a table back, where that time is not ours. */
  private static final int PATIENT_WAIT = 1500;

  private static final int PATIENT_EVERY = 10;

  private final Login login;
  private @Nullable Connection snapshot;

  public Gate(Login login) {
    this.login = login;
  }

  /** Opens a connection to the database whose tables are meant. */
  @FunctionalInterface
  public interface Login {
    Connection open() throws SQLException;
  }

  /** Done at the moment, quickly. */
  @FunctionalInterface
  public interface Mark {
    void set(Connection gate) throws SQLException, IOException;
  }

  /**
   * Finds the moment.
   *
   * @param tries how often it is tried while long transactions write
   * @return the snapshot, for reading only
   * @throws SQLException when writers left no gap
   */
  public Connection pass(int tries, Mark mark) throws SQLException, IOException {
    for (int i = 1; ; i++) {
      int wait = Math.min(LONGEST_WAIT, FIRST_WAIT * i);
      try (Connection gate = login.open()) {
        // Opened before anybody waits; its first statement takes the snapshot.
        Connection seen = look();
        gate.setAutoCommit(false);
        boolean hasLever = isTrue(gate, MAY_CALL_OFF);
        // A vacuum that holds a table back is called off after this long.
        if (hasLever) Jdbc.execute(gate, "set local deadlock_timeout = '100ms'");
        else if (i % PATIENT_EVERY == 0) wait = PATIENT_WAIT;
        String tables = tables(gate);
        Jdbc.execute(gate, "set local statement_timeout = '" + wait + "ms'");
        Jdbc.execute(gate, "lock table " + tables + " in share mode");
        Jdbc.single(seen, "select 1");
        mark.set(gate);
        gate.commit();
        return seen;
      } catch (SQLException | NoSuchFileException e) {
        close();
        if (i >= tries) throw e;
        pause(3L * wait);
      }
    }
  }

  private static final String MAY_CALL_OFF =
      "select has_parameter_privilege('deadlock_timeout', 'SET')";

  private static boolean isTrue(Connection connection, String query) throws SQLException {
    return "t".equals(Jdbc.single(connection, query));
  }

  private Connection look() throws SQLException {
    Connection seen = login.open();
    snapshot = seen;
    Jdbc.execute(seen, "set timezone = 'UTC'");
    Jdbc.execute(seen, "set idle_in_transaction_session_timeout = 0");
    Jdbc.execute(seen, "set statement_timeout = 0");
    seen.setReadOnly(true);
    seen.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    seen.setAutoCommit(false);
    return seen;
  }

  /** Those that are this role's to write to: beside them may stand somebody else's. */
  private static String tables(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                select string_agg(format('%I.%I', n.nspname, c.relname), ', ' order by c.oid)
                from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('r', 'p') and not c.relispartition
                  and n.nspname not in ('pg_catalog', 'information_schema')
                  and pg_has_role(c.relowner, 'USAGE')
                """)) {
      if (!row.next() || row.getString(1) == null) throw new SQLException("no tables");
      return row.getString(1);
    }
  }

  /** Ends the snapshot. */
  @Override
  public void close() throws SQLException {
    Connection seen = snapshot;
    snapshot = null;
    if (seen != null) seen.close();
  }

  private static void pause(long millis) throws SQLException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted", e);
    }
  }
}
