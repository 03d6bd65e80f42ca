package io.fettle.platform.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** The few statements that set up and recognise the server, as its superuser. */
final class Jdbc {
  private Jdbc() {}

  static String url(int port, String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  static Connection master(int port, String password) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "postgres");
    properties.setProperty("password", password);
    properties.setProperty("loginTimeout", "10");
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("socketTimeout", "30");
    return DriverManager.getConnection(url(port, "postgres"), properties);
  }

  /** For statements that may take as long as they take. */
  static Connection patient(int port, String database, String password) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "postgres");
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("tcpKeepAlive", "true");
    return DriverManager.getConnection(url(port, database), properties);
  }

  /** Makes the role and the database that are not there yet. */
  static void makeDatabase(Connection master, String name, String password) throws SQLException {
    if (!password.matches("[A-Za-z0-9_-]+"))
      throw new IllegalArgumentException("a password that needs quoting");
    try (Statement statement = master.createStatement()) {
      if (isEmpty(statement, "select 1 from pg_roles where rolname = '" + name + "'"))
        statement.execute("create role " + name + " login");
      statement.execute("alter role " + name + " password '" + password + "'");
      if (isEmpty(statement, "select 1 from pg_database where datname = '" + name + "'"))
        statement.execute("create database " + name + " owner " + name);
    }
  }

  static String single(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      if (!rows.next()) throw new SQLException("no row: " + sql);
      return rows.getString(1);
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static boolean isEmpty(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      return !rows.next();
    }
  }
}
