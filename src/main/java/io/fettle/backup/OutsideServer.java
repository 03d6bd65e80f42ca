package io.fettle.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.jdbc.PreferQueryMode;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * A PostgreSQL that somebody else runs: how Fettle's own role gets in, and the one that may copy
 * all of it.
 */
final class OutsideServer {
  /** Longer than a server that streams says nothing. */
  private static final Duration SILENCE = Duration.ofSeconds(120);

  private static final String NO_ROLE_ZH =
      "角色 %s 没有 REPLICATION 属性：请 DBA 执行 ALTER ROLE \"%s\" REPLICATION，或在 backup.outside.user 中另给一个有此属性的角色。";
  private static final String NO_ROLE =
      "The role %s lacks the attribute REPLICATION: let the DBA say ALTER ROLE \"%s\" REPLICATION, or name another role that has it in backup.outside.user.";

  private final PGSimpleDataSource own;
  private final PGSimpleDataSource copier;
  private final OutsideSettings settings;

  OutsideServer(
      String url, @Nullable String user, @Nullable String password, OutsideSettings settings) {
    this.settings = settings;
    this.own = source(url, user, password);
    this.copier =
        blank(settings.user())
            ? source(url, user, password)
            : source(url, settings.user(), settings.password());
    copier.setReplication("true");
    copier.setAssumeMinServerVersion("15");
    copier.setPreferQueryMode(PreferQueryMode.SIMPLE);
    copier.setOptions("-c idle_session_timeout=0");
    copier.setSocketTimeout((int) SILENCE.toSeconds());
  }

  /** The one that the settings name; empty when Fettle runs its own or is not to back it up. */
  static Optional<OutsideServer> of(Environment environment) {
    String url = environment.getProperty("spring.datasource.url", "");
    OutsideSettings settings =
        Binder.get(environment).bindOrCreate("fettle.backup.outside", OutsideSettings.class);
    if (url.isEmpty() || !settings.enabled()) return Optional.empty();
    return Optional.of(
        new OutsideServer(
            url,
            environment.getProperty("spring.datasource.username"),
            environment.getProperty("spring.datasource.password"),
            settings));
  }

  private static boolean blank(@Nullable String text) {
    return text == null || text.isBlank();
  }

  private static PGSimpleDataSource source(
      String url, @Nullable String user, @Nullable String password) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url);
    if (user != null && !user.isBlank()) source.setUser(user);
    if (password != null && !password.isBlank()) source.setPassword(password);
    source.setApplicationName("fettle backup");
    source.setConnectTimeout(10);
    source.setTcpKeepAlive(true);
    return source;
  }

  OutsideSettings settings() {
    return settings;
  }

  String database() {
    return text(own.getDatabaseName());
  }

  /** Fettle's own role. */
  String user() {
    return text(own.getUser());
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** Host and port, for people. */
  String address() {
    return own.getServerNames()[0] + ":" + port();
  }

  private int port() {
    int port = own.getPortNumbers()[0];
    return port == 0 ? 5432 : port;
  }

  /** As Fettle's own role. */
  Connection open() throws SQLException {
    return own.getConnection();
  }

  /**
   * A connection that speaks of replication only.
   *
   * @throws BackupRefused with what the DBA is to do
   */
  Connection replication() {
    oneHost();
    try {
      return copier.getConnection();
    } catch (SQLException e) {
      throw refused(e);
    }
  }

  private void oneHost() {
    if (own.getServerNames().length != 1)
      throw new BackupRefused(
          "数据库地址里有几台主机，备份需要明确的一台：请只写一台，或设 backup.outside.enabled: false 由其管理者备份。",
          "The database's address names several hosts and a backup needs one: name one, or set backup.outside.enabled: false and let those who run it back it up.");
  }

  /** In words that a DBA can act on. */
  BackupRefused refused(SQLException e) {
    String who = text(copier.getUser());
    String state = String.valueOf(e.getSQLState());
    String said = String.valueOf(e.getMessage()).replaceFirst("\\.$", "");
    if (state.equals("42501"))
      return new BackupRefused(NO_ROLE_ZH.formatted(who, who), NO_ROLE.formatted(who, who));
    if (said.contains("pg_hba.conf"))
      return new BackupRefused(
          "PostgreSQL 的 pg_hba.conf 不允许备份连接：请 DBA 在其中加一行 \"host replication "
              + who
              + " 本机地址/32 scram-sha-256\" 并重新载入。（"
              + said
              + "）",
          "pg_hba.conf of the PostgreSQL lets no backup in: let the DBA add the line \"host replication "
              + who
              + " THIS-MACHINE/32 scram-sha-256\" there and reload it ("
              + said
              + ").");
    if (state.equals("28P01") || state.equals("28000"))
      return new BackupRefused(
          "PostgreSQL 不接受角色 " + who + " 的口令（" + said + "）：请检查 backup.outside 或数据库的设置。",
          "The PostgreSQL does not let the role "
              + who
              + " in ("
              + said
              + "); check backup.outside or the database's settings.");
    return new BackupRefused(
        "连不上要备份的 PostgreSQL（" + said + "）。",
        "The PostgreSQL to be backed up cannot be reached (" + said + ").");
  }

  /** Where it is and who asks, as PostgreSQL's programs take it; the password is in the file. */
  Map<String, String> environment(Path passwords) {
    Map<String, String> words = new HashMap<>();
    words.put("PGHOST", own.getServerNames()[0]);
    words.put("PGPORT", "" + port());
    words.put("PGUSER", text(copier.getUser()));
    words.put("PGPASSFILE", passwords.toString());
    words.put("PGAPPNAME", "fettle backup");
    words.put("PGCONNECT_TIMEOUT", "10");
    words.put("PGGSSENCMODE", "disable");
    words.put("PGSSLMODE", sslMode());
    put(words, "PGSSLROOTCERT", own.getSslRootCert());
    put(words, "PGSSLCERT", own.getSslCert());
    put(words, "PGSSLKEY", own.getSslKey());
    String home = System.getenv("HOME");
    if (home != null) words.put("HOME", home);
    return words;
  }

  /** As the driver understands it. */
  private String sslMode() {
    String mode = own.getSslMode();
    if (!blank(mode)) return text(mode);
    return own.getSsl() ? "verify-full" : "prefer";
  }

  private static void put(Map<String, String> words, String name, @Nullable String value) {
    if (value != null && !value.isBlank()) words.put(name, value);
  }

  /** One line of PostgreSQL's password file. */
  String passwordLine() {
    return "*:*:*:*:" + text(copier.getPassword()).replace("\\", "\\\\").replace(":", "\\:");
  }

  /** Begins to stream the log on a replication connection. */
  static PGReplicationStream log(Connection replication, LogSequenceNumber from)
      throws SQLException {
    return replication
        .unwrap(PgConnection.class)
        .getReplicationAPI()
        .replicationStream()
        .physical()
        .withStartPosition(from)
        .start();
  }

  /** Where the programs' passwords are kept while they run. */
  static Path passwords(Path home) throws IOException {
    Path folder = home.resolve("run/backup");
    java.nio.file.Files.createDirectories(folder);
    return folder.resolve("passwords");
  }
}
