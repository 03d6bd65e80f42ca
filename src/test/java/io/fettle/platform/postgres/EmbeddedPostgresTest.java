package io.fettle.platform.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fettle.platform.StartRefused;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;

class EmbeddedPostgresTest {
  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
  private static final int NOBODY = 65_534;
  private static Path folder = Path.of("");
  private static Path classes = Path.of("");
  private static Path binaries = Path.of("");

  /** One database is made; each test begins with a copy of it. */
  @BeforeAll
  static void makeOne() throws Exception {
    folder = Files.createTempDirectory(Path.of("/tmp"), "fettle-postgres-test-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    classes = Files.createDirectory(folder.resolve("lib"));
    binaries = Files.createDirectory(folder.resolve("programs"));
    Neighbour.copyClasses(classes);
    Path made = Files.createDirectory(folder.resolve("made"));
    try (EmbeddedPostgres postgres = start(made)) {
      sql(postgres, "create table kept(word text)");
      sql(postgres, "insert into kept values ('before')");
    }
  }

  @AfterAll
  static void removeAll() throws IOException {
    FileSystemUtils.deleteRecursively(folder);
  }

  @Test
  void dataOutlivesAStop() throws Exception {
    try (EmbeddedPostgres postgres = start(copy("restart"))) {
      assertThat(word(postgres, "select word from kept")).isEqualTo("before");
      assertThat(word(postgres, "show fsync")).isEqualTo("on");
    }
  }

  @Test
  void theOwnerOfTheTablesIsNoSuperuserAndNobodyEntersWithoutAPassword() throws Exception {
    try (EmbeddedPostgres postgres = start(copy("roles"))) {
      assertThat(word(postgres, "select rolsuper from pg_roles where rolname = current_user"))
          .isEqualTo("f");
      assertThat(word(postgres, "show listen_addresses")).isEqualTo("127.0.0.1");
      assertThatThrownBy(
              () -> DriverManager.getConnection(postgres.url(), postgres.user(), "guess"))
          .hasMessageContaining("password authentication failed");
    }
  }

  @Test
  void asRootTheServerRunsUnderAUidThatIsNobodyElses() throws Exception {
    assumeTrue(ROOT);
    try (EmbeddedPostgres postgres = start(copy("uid"))) {
      int uid = (Integer) Files.getAttribute(Path.of("/proc/" + postgres.pid()), "unix:uid");
      assertThat(uid).isNotIn(0, NOBODY);
      assertThat(Files.readString(Path.of("/etc/passwd"))).doesNotContain(":" + uid + ":");
      assertThat(Files.getAttribute(postgres.folder().resolve("data"), "unix:uid")).isEqualTo(uid);
    }
  }

  @Test
  void passwordsAreForTheirOwnerOnly() throws IOException {
    Path kept = copy("modes").resolve("database.properties");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
        .isEqualTo("rw-------");
  }

  @Test
  void aServerThatDiesComesBackOnTheSameAddress() throws Exception {
    try (EmbeddedPostgres postgres = start(copy("dies"))) {
      String before = postgres.url();
      long pid = postgres.pid();

      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      await("the death is noticed", () -> postgres.trouble().isPresent());
      await("it is back", () -> postgres.trouble().isEmpty());

      assertThat(postgres.pid()).isNotEqualTo(pid);
      assertThat(postgres.url()).isEqualTo(before);
      assertThat(word(postgres, "select word from kept")).isEqualTo("before");
    }
  }

  @Test
  void aServerLeftByAKilledFettleIsAdopted() throws Exception {
    Path home = copy("adopt");
    long left;
    try (Neighbour killed = Neighbour.start(home, classes, 0, Optional.of(binaries))) {
      left = killed.postgresPid();
      killed.kill();
    }

    try (EmbeddedPostgres postgres = start(home)) {
      assertThat(postgres.pid()).isEqualTo(left);
      assertThat(word(postgres, "select word from kept")).isEqualTo("before");
      ProcessHandle.of(left).orElseThrow().destroyForcibly();
      await("an adopted one is watched too", () -> postgres.pid() != left);
      await("and comes back", () -> postgres.trouble().isEmpty());
    }
    assertThat(ProcessHandle.of(left)).isEmpty();
  }

  @Test
  void aServerLeftBehindThatDoesNotTakeOurPasswordIsNotUsed() throws Exception {
    Path home = copy("foreign");
    try (Neighbour killed = Neighbour.start(home, classes, 0, Optional.of(binaries))) {
      killed.kill();
    }
    Keepsake kept = Keepsake.read(home);
    new Keepsake(kept.base(), kept.port(), kept.ownerPassword(), "another", true).write(home);

    assertThatThrownBy(() -> start(home))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("put back the file that belongs to this data");

    kept.write(home);
    start(home).close();
  }

  @Test
  void aPidFileOfAnotherProgramIsNotBelieved() throws Exception {
    Path home = copy("pid");
    Path file = home.resolve("postgres/data/postmaster.pid");
    String ours = "" + ProcessHandle.current().pid();
    Files.writeString(file, ours + "\n" + home + "\n0\n5432\n\n127.0.0.1\n0 0\nready\n");
    if (ROOT) Account.of(home.resolve("postgres")).own(file);

    try (EmbeddedPostgres postgres = start(home)) {
      assertThat(word(postgres, "select word from kept")).isEqualTo("before");
    }
  }

  @Test
  void aFolderInUseIsRefusedAndTheHolderNamed() throws Exception {
    Path home = copy("inuse");
    try (Neighbour holder = Neighbour.start(home, classes, 0, Optional.of(binaries))) {
      assertThatThrownBy(() -> HomeLock.take(home))
          .isInstanceOf(StartRefused.class)
          .hasMessageContaining("process " + holder.pid())
          .hasMessageContaining("./fettle down");
    }
    HomeLock.take(home).close();
  }

  @Test
  void aTakenPortIsReplacedAndRemembered() throws Exception {
    Path home = copy("port");
    int port = Keepsake.read(home).port();
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
      try (EmbeddedPostgres postgres = start(home)) {
        assertThat(postgres.url()).doesNotContain(":" + taken.getLocalPort() + "/");
        assertThat(postgres.url()).contains(":" + Keepsake.read(home).port() + "/");
      }
    }
  }

  @Test
  void anotherMajorVersionIsRefused() throws IOException {
    Path home = copy("major");
    Files.writeString(home.resolve("postgres/data/PG_VERSION"), "17\n");

    assertThatThrownBy(() -> start(home))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("is of PostgreSQL 17 and this Fettle runs PostgreSQL 18");
  }

  @Test
  void missingDataIsNeverReplacedByAnEmptyDatabase() throws IOException {
    Path home = copy("missing");
    FileSystemUtils.deleteRecursively(home.resolve("postgres/data"));

    assertThatThrownBy(() -> start(home))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("is missing; put it back");
  }

  @Test
  void missingPasswordsAreNamed() throws IOException {
    Path home = copy("nopasswords");
    Files.delete(home.resolve("database.properties"));

    assertThatThrownBy(() -> start(home))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("database.properties with its passwords is missing");
  }

  @Test
  void aFullDiskIsRefused() throws Exception {
    assumeTrue(ROOT);
    Path small = Files.createDirectory(folder.resolve("small"));
    run("mount", "-t", "tmpfs", "-o", "size=40m,mode=755", "fettle-test", small.toString());
    try {
      assertThatThrownBy(() -> start(small))
          .isInstanceOf(StartRefused.class)
          .hasMessageContaining("MB are free on the disk of " + small)
          .hasMessageContaining("free some");
    } finally {
      run("umount", "-l", small.toString());
    }
  }

  @Test
  void aPlainUserRunsItAsHimself() throws Exception {
    assumeTrue(ROOT);
    Path home = Files.createDirectory(folder.resolve("plain"));
    Files.setAttribute(home, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
    try (Neighbour plain = Neighbour.start(home, classes, NOBODY, Optional.of(binaries))) {
      assertThat(plain.answer()).startsWith("up ");
      Path process = Path.of("/proc/" + plain.postgresPid());
      assertThat(Files.getAttribute(process, "unix:uid")).isEqualTo(NOBODY);
    }
  }

  @Test
  void underAFolderThatOnlyRootMayEnterTheDatabaseMovesOut() throws Exception {
    assumeTrue(ROOT);
    Path closed =
        Files.createDirectory(
            folder.resolve("closed"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path home = Files.createDirectory(closed.resolve("home"));
    Path outside = Path.of("");
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.start(
            home, new EmbeddedPostgres.Options(List.of(), Optional.empty(), w -> {}, false))) {
      outside = postgres.folder();
      assertThat(outside.startsWith(home)).isFalse();
      assertThat(Keepsake.read(home).base()).isEqualTo(outside);
      assertThat(word(postgres, "select 1")).isEqualTo("1");
    } finally {
      if (outside.startsWith("/var/lib/fettle")) FileSystemUtils.deleteRecursively(outside);
    }
  }

  @Test
  void whoIsSecondToUnpackUsesWhatTheFirstUnpacked() throws IOException {
    Path parent = Files.createDirectory(folder.resolve("second"));
    Path ready = parent.resolve("ready");
    Path fresh = parent.resolve("fresh");
    Files.createDirectories(fresh.resolve("bin"));
    Path program = Files.createDirectories(ready.resolve("bin")).resolve("postgres");
    Files.createFile(program);
    assertThatThrownBy(() -> Binaries.settle(fresh, ready))
        .as("what lies there is not whole")
        .isInstanceOf(IOException.class);

    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectories(fresh.resolve("bin"));
    Binaries.settle(fresh, ready);
    assertThat(fresh).doesNotExist();
    assertThat(program).isExecutable();
  }

  @Test
  void theVersionIsThatOfTheBinariesInThePom() throws IOException {
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<postgres-binaries.version>" + Binaries.VERSION + ".");
  }

  private static EmbeddedPostgres start(Path home) {
    return EmbeddedPostgres.start(
        home, new EmbeddedPostgres.Options(List.of(), Optional.of(binaries), w -> {}, false));
  }

  private static Path copy(String name) throws IOException {
    Path home = folder.resolve(name);
    run("cp", "-a", folder.resolve("made").toString(), home.toString());
    Keepsake kept = Keepsake.read(home);
    kept.at(Ports.free()).write(home);
    return home;
  }

  private static void run(String... command) throws IOException {
    Commands.Result result = Commands.run(List.of(command));
    assertThat(result.ok()).as(result.output()).isTrue();
  }

  private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", postgres.user());
    properties.setProperty("password", postgres.password());
    properties.setProperty("socketTimeout", "20");
    return DriverManager.getConnection(postgres.url(), properties);
  }

  private static void sql(EmbeddedPostgres postgres, String text) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  private static String word(EmbeddedPostgres postgres, String text) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(text)) {
      assertThat(rows.next()).isTrue();
      return String.valueOf(rows.getString(1));
    }
  }

  private static void await(String what, BooleanSupplier fact) throws InterruptedException {
    long limit = System.nanoTime() + 60_000_000_000L;
    while (!fact.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(limit);
      Thread.sleep(20);
    }
  }
}
