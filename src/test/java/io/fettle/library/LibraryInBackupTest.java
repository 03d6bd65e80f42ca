package io.fettle.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.platform.postgres.EmbeddedPostgres;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;

/** Backups are taken while people push: what comes back is one moment, not two. */
class LibraryInBackupTest {
  private Path folder = Path.of("");

  @BeforeEach
  void makeTheFolder() throws IOException {
    folder = Files.createTempDirectory(Path.of("/tmp"), "fettle-library-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void removeTheFolder() throws IOException {
    FileSystemUtils.deleteRecursively(folder);
  }

  @Test
  void branchesThatComeBackAreThoseThatTheDatabaseKnows() throws Exception {
    try (WholeProcess server = new WholeProcess(folder.resolve("home"), Map.of())) {
      server.start();
      AtomicBoolean enough = new AtomicBoolean();
      AtomicInteger pushed = new AtomicInteger();
      Thread first = pushing(server, "a", enough, pushed);
      Thread second = pushing(server, "b", enough, pushed);
      try {
        WholeProcess.await("pushes", Duration.ofSeconds(20), () -> pushed.get() > 3);
        int before = pushed.get();
        backUp(server);
        WholeProcess.await("goes on", Duration.ofSeconds(20), () -> pushed.get() > before + 1);
      } finally {
        enough.set(true);
        first.join();
        second.join();
      }
      restore(server.home());
    }
    Path back = folder.resolve("back");
    Map<String, String> recorded = recorded(back);
    assertThat(recorded).hasSizeGreaterThan(3);
    Git git = new Git(folder, back.resolve("library/scripts.git"), "");
    Map<String, String> found = new TreeMap<>();
    git.ok("for-each-ref", "--format=%(refname) %(objectname)")
        .lines()
        .filter(line -> line.startsWith("refs/"))
        .forEach(line -> found.put(line.split(" ")[0], line.split(" ")[1]));
    assertThat(found).isEqualTo(recorded);
    assertThat(git.ok("fsck", "--full", "--strict")).doesNotContain("missing", "broken", "error");
  }

  /** Real pushes of new branches and to old ones, one after the other, by one person. */
  private Thread pushing(
      WholeProcess server, String name, AtomicBoolean enough, AtomicInteger pushed)
      throws IOException {
    Path own = Files.createDirectory(folder.resolve(name));
    Git person = new Git(own, own, Files.readString(server.token()).strip());
    person.ok("clone", "-q", server.uri().resolve("/git/scripts.git").toString(), "mine");
    Git mine = person.in(own.resolve("mine"));
    return Thread.ofPlatform()
        .start(() -> {
          for (int i = 0; !enough.get(); i++) {
            mine.commit("x/" + name + i % 5 + ".sh", "echo " + i + "\n");
            mine.ok("push", "-q", "origin", "HEAD:refs/heads/" + name + i / 3);
            pushed.incrementAndGet();
          }
        });
  }

  private void backUp(WholeProcess server) throws Exception {
    server.post("/api/v1/backups", Map.of("folder", folder.resolve("backups").toString()));
    WholeProcess.await("backup", Duration.ofMinutes(2), () -> !state(server).equals("RUNNING"));
    assertThat(state(server)).as(server.get("/api/v1/backups/work").toString()).isEqualTo("DONE");
  }

  private static String state(WholeProcess server) {
    try {
      return server.get("/api/v1/backups/work").path("state").asString();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void restore(Path home) throws Exception {
    Path log = folder.resolve("restore.log");
    Process restore =
        WholeProcess.java(
            "io.fettle.backup.RestoreProgram",
            log,
            Map.of(
                "FETTLE_HOME",
                folder.resolve("back").toString(),
                "FETTLE_CONF",
                folder.resolve("conf-back/fettle.yml").toString()),
            List.of("-Xmx192m", "-XX:TieredStopAtLevel=1"),
            List.of(
                folder.resolve("backups").toString(),
                "--key",
                home.resolve("backup.key").toString(),
                "--master-key",
                home.resolve("master.key").toString()));
    assertThat(restore.waitFor()).as(WholeProcess.tail(log)).isZero();
  }

  /** Every branch and tag as the restored database has it, before any Fettle looks. */
  private static Map<String, String> recorded(Path home) throws Exception {
    Map<String, String> refs = new TreeMap<>();
    var options =
        new EmbeddedPostgres.Options(List.of("fsync=off"), Optional.empty(), _ -> {}, false);
    try (EmbeddedPostgres back = EmbeddedPostgres.start(home, options);
        Connection connection =
            DriverManager.getConnection(back.url(), back.user(), back.password());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select name, commit_id from library.ref")) {
      while (row.next()) refs.put(row.getString(1), row.getString(2));
    }
    return refs;
  }
}
