package io.fettle.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fettle.backup.Manifest.Head;
import io.fettle.backup.Manifest.TableSum;
import io.fettle.platform.postgres.EmbeddedPostgres;
import io.fettle.platform.postgres.Programs;
import io.fettle.support.SystemPostgres;
import io.fettle.support.WholeProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.FileSystemUtils;

/** A PostgreSQL that somebody else runs, with pg_basebackup as the system's packages bring it. */
class OutsideDatabaseTest {
  private static final Progress SILENT = (_, _, _) -> {};
  private static final String PASSWORD = "a:secret\\word";

  private static Path folder = Path.of("");
  private static Path home = Path.of("");
  private static Path backups = Path.of("");
  private static SystemPostgres postgres;
  private static Manifest first;
  private static final AtomicLong written = new AtomicLong();

  @BeforeAll
  static void backUpWhileWriting() throws Exception {
    folder = Files.createTempDirectory(Path.of("/tmp"), "fettle-outside-test-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    home = Files.createDirectory(folder.resolve("home"));
    backups = folder.resolve("backups");
    postgres = SystemPostgres.fresh();
    for (String role : List.of("ours", "copier", "barred", "plain"))
      postgres.run(
          "postgres",
          "create role %s login %s password '%s'"
              .formatted(role, role.equals("plain") ? "" : "replication", PASSWORD));
    postgres.run("postgres", "create database servers owner ours");
    postgres.run("servers", "create table theirs (n int)");
    postgres.run("servers", "revoke all on theirs from public");
    sql("create schema t; create table t.written (n bigint primary key, word text)");
    sql(
        "insert into t.written select -i, repeat(md5(i::text), 20) from generate_series(1, 30000) i");
    sql("vacuum freeze t.written");
    Files.writeString(home.resolve("master.key"), "a master key\n");
    Path refs = Files.createDirectories(home.resolve("library/scripts.git/refs/heads"));
    Files.writeString(refs.resolve("main"), "0123456789abcdef\n");
    Files.createDirectory(folder.resolve("conf"));
    Files.writeString(folder.resolve("conf/fettle.yml"), "# mine\n");
    first = whileWriting(() -> take(usual()));
  }

  @AfterAll
  static void removeAll() throws IOException {
    postgres.close();
    FileSystemUtils.deleteRecursively(folder);
  }

  private interface Deed {
    Manifest run() throws IOException, SQLException;
  }

  private static Manifest whileWriting(Deed deed) throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              try (Connection connection = connect();
                  Statement statement = connection.createStatement()) {
                while (!enough.get())
                  statement.execute(
                      "insert into t.written values (" + written.incrementAndGet() + ", 'w')");
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    try {
      return deed.run();
    } finally {
      enough.set(true);
      writer.join();
    }
  }

  private static OutsideSettings usual() {
    return settings(null, "copier", PASSWORD, Duration.ofMinutes(5));
  }

  private static OutsideSettings settings(
      @Nullable Path programs, String user, String password, Duration limit) {
    return new OutsideSettings(
        true, programs == null ? null : programs.toString(), user, password, limit);
  }

  private static Manifest take(OutsideSettings settings) throws IOException, SQLException {
    return take(settings, backups);
  }

  private static Manifest take(OutsideSettings settings, Path into)
      throws IOException, SQLException {
    Files.createDirectories(into);
    OutsideServer server = new OutsideServer(postgres.url("servers"), "ours", PASSWORD, settings);
    Configuration conf = new Configuration(folder.resolve("conf/fettle.yml"), List.of());
    HomeFiles files = new HomeFiles(home, conf, List.of());
    return new Taking(
            Taking.Database.outside(server), files, BackupKey.of(home), "test", Clock.systemUTC())
        .into(into, SILENT);
  }

  private static Comparison verify(Path from, Head head) throws IOException, SQLException {
    return new Verifying(Verifying.Scratch.below(home), new Programs(null), BackupKey.of(home))
        .of(from, head, SILENT);
  }

  @Test
  void whatWasCommittedBeforeIsServedAgainByAnotherServer() throws Exception {
    assertThat(first.head().postgres()).isEqualTo(SystemPostgres.major());
    assertThat(Objects.requireNonNull(first.outside()).user()).isEqualTo("ours");
    assertThat(first.tables()).extracting(TableSum::table).containsExactly("t.written");
    Path other = folder.resolve("other");

    Said said =
        isOurs() ? restore(backups, other, "--database", "outside") : restore(backups, other);

    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out()).contains(first.head().id(), other + "/database", "empty data folder");
    assertThat(Files.getPosixFilePermissions(other.resolve("database"))).hasSize(3);
    assertThat(Files.readString(other.resolve("library/scripts.git/refs/heads/main")))
        .isEqualTo("0123456789abcdef\n");
    assertThat(Files.getPosixFilePermissions(other.resolve("backup.key"))).hasSize(2);
    assertThat(other.resolve("restore.unfinished")).doesNotExist();
    try (SystemPostgres back = SystemPostgres.on(other.resolve("database"))) {
      WholeProcess.await(
          "its log replayed",
          Duration.ofSeconds(20),
          () -> number(back, "select pg_is_in_recovery()::int") == 0);
      assertThat(number(back, "select count(*) from t.written"))
          .isEqualTo(rows(first))
          .isGreaterThan(30_000);
      assertThat(number(back, "select count(*) from t.written where n > 0"))
          .as("no row is missing in between")
          .isEqualTo(number(back, "select max(n) from t.written"));
      back.run("servers", "insert into t.written values (0, 'after')");
    }
    if (isOurs()) return;
    assertThat(restore(backups, folder.resolve("own"), "--database", "own").sentence())
        .contains("is of PostgreSQL " + SystemPostgres.major(), "--database outside");
  }

  /** Where the system's packages are of the version that Fettle brings. */
  private static boolean isOurs() {
    return SystemPostgres.major() == EmbeddedPostgres.MAJOR;
  }

  @Test
  void oneOfOurVersionBecomesFettlesOwn() throws Exception {
    assumeTrue(isOurs(), "the system's PostgreSQL is of another version");
    Path own = folder.resolve("own");

    Said said = restore(backups, own);

    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out()).contains("are what the backup says", "take platform.database-url");
    try (EmbeddedPostgres back =
            EmbeddedPostgres.start(own, EmbeddedPostgres.Options.usual(_ -> {}));
        Connection seen = DriverManager.getConnection(back.url(), back.user(), back.password());
        Statement statement = seen.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from t.written")) {
      row.next();
      assertThat(row.getLong(1)).isEqualTo(rows(first));
    }
  }

  @Test
  void aSecondBackupIsSmallAndEachOneProvesItself() throws Exception {
    sql("insert into t.written values (" + written.incrementAndGet() + ", 'a little more')");
    Manifest second = take(usual());

    assertThat(second.head().stored()).isLessThan(first.head().stored() / 2);
    assertThat(rows(second)).isGreaterThan(rows(first));
    for (Manifest one : List.of(first, second))
      assertThat(verify(backups, one.head()).rows()).isEqualTo(rows(one));
    assertThat(home.resolve("verify")).doesNotExist();
    assertThat(home.resolve("run/backup/passwords")).doesNotExist();
    assertThat(postgres.number("postgres", "select count(*) from pg_replication_slots")).isZero();
  }

  @Test
  void aFlippedByteIsFound() throws Exception {
    Path copy = folder.resolve("flipped");
    FileSystemUtils.copyRecursively(backups, copy);
    String name =
        first.entries().stream()
            .filter(e -> e.path().startsWith("database/base/"))
            .flatMap(e -> Optional.ofNullable(e.chunks()).stream().flatMap(List::stream))
            .findFirst()
            .orElseThrow();
    Path piece = copy.resolve("chunks").resolve(name.substring(0, 2)).resolve(name);
    byte[] bytes = Files.readAllBytes(piece);
    bytes[bytes.length / 2] ^= 1;
    Files.write(piece, bytes);

    assertThatThrownBy(() -> verify(copy, first.head()))
        .isInstanceOf(BackupRefused.class)
        .hasMessageContaining(piece.toString())
        .hasMessageContaining("damaged");
    assertThat(home.resolve("verify")).doesNotExist();
  }

  @Test
  void whatTheDbaHasToDoIsSaid() throws Exception {
    refused(settings(null, "plain", PASSWORD, Duration.ofMinutes(5)))
        .hasMessageContaining("ALTER ROLE \"plain\" REPLICATION");
    refused(settings(null, "copier", "wrong", Duration.ofMinutes(5)))
        .hasMessageContaining("does not let the role copier in")
        .hasMessageNotContaining(PASSWORD);
    refused(settings(null, "barred", PASSWORD, Duration.ofMinutes(5)))
        .hasMessageContaining("pg_hba.conf")
        .hasMessageContaining("host replication barred");

    Path place = Files.createDirectory(folder.resolve("none"));
    refused(settings(place, "copier", PASSWORD, Duration.ofMinutes(5)))
        .hasMessageContaining("no pg_basebackup of PostgreSQL " + SystemPostgres.major())
        .hasMessageContaining("postgresql-client-" + SystemPostgres.major());
    Path old = standIn("old", "echo 'pg_basebackup (PostgreSQL) 9.6.24'");
    refused(settings(old, "copier", PASSWORD, Duration.ofMinutes(5)))
        .hasMessageContaining("or newer (only 9)");
  }

  @Test
  void tablespacesAreRefused() throws Exception {
    Path space = Files.createTempDirectory(Path.of("/tmp"), "fettle-space-");
    try {
      if ("root".equals(System.getProperty("user.name")))
        assertThat(shell("chown", "nobody", space.toString())).isZero();
      postgres.run("postgres", "create tablespace fast location '" + space + "'");
      refused(usual()).hasMessageContaining("has tablespaces of its own");
    } finally {
      postgres.run("postgres", "drop tablespace if exists fast");
      FileSystemUtils.deleteRecursively(space);
    }
  }

  @Test
  void oneKilledInTheMiddleOrTooSlowIsNone() throws Exception {
    Path said = folder.resolve("said");
    Path slow =
        standIn(
            "slow",
            """
            case $1 in --version) exec %1$s --version ;; esac
            echo "$*" >%2$s; ls -l "$PGPASSFILE" >>%2$s
            exec %1$s --max-rate=2M "$@"
            """
                .formatted(SystemPostgres.programs().resolve("pg_basebackup"), said));
    Path into = folder.resolve("killed");
    CompletableFuture<Manifest> taken =
        CompletableFuture.supplyAsync(() -> {
          try {
            return take(settings(slow, "copier", PASSWORD, Duration.ofMinutes(5)), into);
          } catch (IOException | SQLException e) {
            throw new CompletionException(e);
          }
        });
    WholeProcess.await(
        "pieces are stored", Duration.ofSeconds(30), () -> Files.exists(into.resolve("chunks")));
    ProcessHandle child =
        ProcessHandle.current()
            .children()
            .filter(one -> one.info().command().orElse("").endsWith("/pg_basebackup"))
            .findFirst()
            .orElseThrow();
    child.destroyForcibly();

    assertThatThrownBy(taken::join)
        .hasRootCauseInstanceOf(BackupRefused.class)
        .hasMessageContaining("pg_basebackup failed: exit 137");
    assertThat(new Shelf(into).heads()).isEmpty();
    assertThat(home.resolve("run/backup/passwords")).doesNotExist();
    WholeProcess.await(
        "its slot is gone",
        Duration.ofSeconds(10),
        () -> postgres.number("postgres", "select count(*) from pg_replication_slots") == 0);
    assertThat(Files.readString(said))
        .as("arguments, then the password file")
        .contains("--wal-method=fetch", "-rw-------")
        .doesNotContain("secret");

    assertThatThrownBy(() -> take(settings(slow, "copier", PASSWORD, Duration.ofMillis(700)), into))
        .isInstanceOf(BackupRefused.class)
        .hasMessageContaining("took longer than its limit");
    assertThat(new Shelf(into).heads()).isEmpty();
    Manifest whole = take(usual(), into);
    assertThat(verify(into, whole.head()).rows()).isEqualTo(rows(whole));
  }

  @Test
  void tooLittleRoomIsSaidBeforeAnythingIsCopied() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root mounts a small disk");
    Path small = Files.createDirectory(folder.resolve("small"));
    assumeTrue(
        shell("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small.toString()) == 0,
        "no small disk here");
    try {
      assertThatThrownBy(() -> take(usual(), small))
          .isInstanceOf(BackupRefused.class)
          .hasMessageMatching("There is not enough room for the backup: up to [0-9]+ MB .*");
      assertThat(small.resolve("chunks")).doesNotExist();
    } finally {
      shell("umount", small.toString());
    }
  }

  @Test
  void anUpgradeSavesItFirst() {
    MockEnvironment settings = new MockEnvironment();
    settings.setProperty("fettle.home", home.toString());
    settings.setProperty("fettle.conf", folder.resolve("conf/fettle.yml").toString());
    settings.setProperty("fettle.backup.folder", folder.resolve("saved").toString());
    settings.setProperty("spring.datasource.url", postgres.url("servers"));
    settings.setProperty("spring.datasource.username", "ours");
    settings.setProperty("spring.datasource.password", PASSWORD);
    List<String> said = new ArrayList<>();

    String where = UpgradeBackup.take(settings, null, said::add);

    Head head = new Shelf(folder.resolve("saved")).heads().getFirst();
    assertThat(where).isEqualTo(head.id() + " in " + folder.resolve("saved"));
    assertThat(said).anyMatch(words -> words.matches("copying the database [0-9]+ %"));

    settings.setProperty("fettle.backup.outside.enabled", "false");
    assertThatThrownBy(() -> UpgradeBackup.take(settings, null, said::add))
        .hasMessageContaining("those who run this database back it up")
        .hasMessageContaining("'./fettle up --no-backup'");
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> refused(
      OutsideSettings settings) {
    return assertThatThrownBy(() -> take(settings, folder.resolve("refused")))
        .isInstanceOf(BackupRefused.class);
  }

  private static Path standIn(String name, String script) throws IOException {
    Path bin = Files.createDirectory(folder.resolve("bin-" + name));
    Path program = bin.resolve("pg_basebackup");
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return bin;
  }

  private record Said(int code, String out, String err) {
    String sentence() {
      assertThat(code).isEqualTo(1);
      return err.strip().lines().toList().getLast();
    }
  }

  private static Said restore(Path from, Path other, String... more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> words =
        List.of(
            from.toString(),
            "--at",
            first.head().id(),
            "--key",
            home.resolve("backup.key").toString(),
            "--master-key",
            home.resolve("master.key").toString());
    int code =
        RestoreProgram.run(
            Map.of(
                "FETTLE_HOME",
                other.toString(),
                "FETTLE_CONF",
                folder.resolve("conf-other/fettle.yml").toString()),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Stream.concat(words.stream(), Stream.of(more)).toArray(String[]::new));
    return new Said(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static long rows(Manifest manifest) {
    return manifest.tables().getFirst().rows();
  }

  private static long number(SystemPostgres server, String query) {
    return server.number("servers", query);
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(postgres.url("servers"), "ours", PASSWORD);
  }

  private static void sql(String text) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  private static int shell(String... words) throws Exception {
    return new ProcessBuilder(words).redirectErrorStream(true).start().waitFor();
  }
}
