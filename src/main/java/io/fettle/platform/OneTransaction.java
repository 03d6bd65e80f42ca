package io.fettle.platform;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Many steps that each commit, as one: whoever asks gets the same connection, on which a commit
 * waits for {@link #commit()}. Closed before that, nothing has happened.
 */
final class OneTransaction implements AutoCloseable {
  private final Connection connection;
  private boolean auto = true;

  private OneTransaction(Connection connection) {
    this.connection = connection;
  }

  static OneTransaction on(DataSource database) throws SQLException {
    Connection connection = database.getConnection();
    connection.setAutoCommit(false);
    return new OneTransaction(connection);
  }

  /** For the steps. */
  DataSource steps() {
    Connection step =
        (Connection)
            Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, this::call);
    return new SingleConnectionDataSource(step, true);
  }

  private @Nullable Object call(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    switch (method.getName()) {
      case "commit", "close" -> {
        return null;
      }
      case "setAutoCommit" -> {
        auto = (Boolean) Objects.requireNonNull(arguments)[0];
        return null;
      }
      case "getAutoCommit" -> {
        return auto;
      }
      default -> {
        try {
          return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
          throw e.getCause();
        }
      }
    }
  }

  void commit() throws SQLException {
    connection.commit();
  }

  @Override
  public void close() throws SQLException {
    try {
      connection.rollback();
    } finally {
      connection.close();
    }
  }
}
