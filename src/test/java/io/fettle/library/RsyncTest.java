package io.fettle.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.audit.Audit;
import io.fettle.kernel.Role;
import io.fettle.secret.Secrets;
import io.fettle.support.TestServer;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.env.MockEnvironment;

/** The library as the real {@code rsync} reads it from the real daemon. */
@LibraryTest
class RsyncTest {
  @Autowired private TestServer server;
  @Autowired private Library library;
  @Autowired private RsyncDaemon daemon;
  @Autowired private Export export;
  @Autowired private ReaderTable table;
  @Autowired private Secrets secrets;
  @Autowired private Audit audit;
  @TempDir Path folder;

  private record Said(int exit, String text) {}

  private Said rsync(String user, String secret, String... words) {
    try {
      Path out = Files.createTempFile(folder, "rsync", ".out");
      List<String> command = new ArrayList<>(List.of("rsync", "--timeout=20", "--contimeout=10"));
      command.addAll(List.of(words));
      ProcessBuilder builder =
          new ProcessBuilder(
                  command.stream()
                      .map(w -> w.replace("LIB", "rsync://" + user + "@" + daemon.address()))
                      .toList())
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile());
      builder.environment().put("RSYNC_PASSWORD", secret);
      Process process = builder.start();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return new Said(
          process.exitValue(), new String(Files.readAllBytes(out), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String secret(String team) {
    String path = "/api/v1/library/readers/" + team;
    return server
        .send(server.token(Role.ADMINISTRATOR), "PUT", path, null)
        .json()
        .get("secret")
        .asString();
  }

  private void remove(String team) {
    String path = "/api/v1/library/readers/" + team;
    assertThat(server.send(server.token(Role.ADMINISTRATOR), "DELETE", path, null).status())
        .isEqualTo(204);
  }

  private Git admin() {
    Git somebody = new Git(folder, folder, server.token(Role.ADMINISTRATOR));
    somebody.ok("clone", "-q", server.uri("/git/scripts.git").toString(), "mine");
    return somebody.in(folder.resolve("mine"));
  }

  private void toMain(Git git) throws InterruptedException {
    git.ok("push", "-q", "-o", "reason=a test", "origin", "HEAD:main");
    awaitExport();
  }

  private void awaitExport() throws InterruptedException {
    WholeProcess.await(
        "main is exported",
        Duration.ofSeconds(20),
        () -> export.current().filter(library.head()::equals).isPresent());
  }

  private void awaitReading(String team, String secret) throws InterruptedException {
    WholeProcess.await(
        "the daemon lets " + team + " read",
        Duration.ofSeconds(20),
        () -> rsync(team, secret, "LIB/scripts/").exit() == 0);
  }

  @Test
  void aTeamReadsExactlyWhatMainHasAndNobodyElseDoes() throws Exception {
    Git git = admin();
    git.commit("rsync/a.sh", "#!/bin/sh\necho one\n");
    Files.createSymbolicLink(git.folder().resolve("rsync/inside"), Path.of("a.sh"));
    Files.createSymbolicLink(git.folder().resolve("rsync/outside"), Path.of("../../../etc/passwd"));
    git.ok("add", "-A");
    git.ok("commit", "-q", "-m", "links");
    toMain(git);
    String secret = secret("search");
    awaitReading("search", secret);

    Said copied = rsync("search", secret, "-a", "--delete", "LIB/scripts/", "copy/");

    assertThat(copied.exit()).as(copied.text()).isZero();
    assertThat(folder.resolve("copy/rsync/a.sh")).hasContent("#!/bin/sh\necho one\n");
    assertThat(folder.resolve("copy/rsync/inside")).isSymbolicLink();
    assertThat(folder.resolve("copy/rsync/outside")).doesNotExist();
    git.in(folder.resolve("copy"))
        .ok(
            "--git-dir=" + git.folder().resolve(".git"),
            "--work-tree=.",
            "diff",
            "--exit-code",
            "HEAD",
            "--",
            "README.md",
            "rsync/a.sh");

    assertThat(rsync("search", "wrong", "-a", "LIB/scripts/", "no/").exit()).isEqualTo(5);
    assertThat(rsync("nobody", secret, "-a", "LIB/scripts/", "no/").exit()).isEqualTo(5);
    assertThat(rsync("search", secret, "LIB/").text()).doesNotContain("scripts");
    assertThat(rsync("search", secret, "copy/README.md", "LIB/scripts/").text())
        .contains("read only");
    assertThat(rsync("search", secret, "-aL", "LIB/scripts/../../master.key", "no").exit())
        .isNotZero();
    assertThat(server.get(Role.AUDITOR, "/api/v1/library/readers").body())
        .contains("search")
        .doesNotContain(secret);

    String fresh = secret("search");
    awaitReading("search", fresh);
    assertThat(rsync("search", secret, "LIB/scripts/").exit()).isEqualTo(5);
    remove("search");
  }

  @Test
  void aChangeArrivesAndOnlyItIsAnotherFile() throws Exception {
    Git git = admin();
    git.commit("follow/same.sh", "same\n");
    git.commit("follow/moved.sh", "abc\n");
    toMain(git);
    String secret = secret("follow");
    awaitReading("follow", secret);
    assertThat(rsync("follow", secret, "-a", "LIB/scripts/", "copy/").exit()).isZero();
    Object same = Files.getAttribute(export.folder().resolve("follow/same.sh"), "unix:ino");

    git.commit("follow/moved.sh", "xyz\n");
    toMain(git);

    assertThat(Files.getAttribute(export.folder().resolve("follow/same.sh"), "unix:ino"))
        .isEqualTo(same);
    Said second = rsync("follow", secret, "-ai", "--delete", "LIB/scripts/", "copy/");
    assertThat(folder.resolve("copy/follow/moved.sh")).hasContent("xyz\n");
    assertThat(second.text()).contains("follow/moved.sh").doesNotContain("follow/same.sh");
    remove("follow");
  }

  @Test
  void aDaemonThatDiesIsStartedAgainAndWithoutReadersThereIsNone() throws Exception {
    String secret = secret("watch");
    awaitReading("watch", secret);
    long pid = daemon.pid().orElseThrow();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();

    WholeProcess.await(
        "another daemon",
        Duration.ofSeconds(20),
        () -> daemon.pid().filter(now -> now != pid).isPresent());
    awaitReading("watch", secret);
    remove("watch");
    WholeProcess.await("no daemon", Duration.ofSeconds(20), () -> daemon.pid().isEmpty());
  }

  @Test
  void whenTheLastReaderGoesTheDaemonEndsAndIsNeverOpenToAll() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    awaitExport();
    AtomicReference<Optional<String>> secret = new AtomicReference<>(Optional.of("of-the-last"));
    Readers going =
        new Readers(table, secrets, audit, Clock.systemUTC()) {
          @Override
          List<Reader> all() {
            return List.of(new Reader("last", "test", Instant.EPOCH));
          }

          @Override
          Optional<String> secret(String name) {
            return secret.get();
          }
        };
    MockEnvironment environment =
        new MockEnvironment().withProperty("fettle.home", folder.resolve("other").toString());
    Store other = new Store(environment, Clock.systemUTC());
    RsyncDaemon one =
        new RsyncDaemon(
            going, export, new RsyncSettings(port, "127.0.0.1", "*"), other, Clock.systemUTC());
    String there = "rsync://last@127.0.0.1:" + port + "/scripts/";
    try {
      one.tend();
      WholeProcess.await(
          "it answers", Duration.ofSeconds(20), () -> rsync("", "of-the-last", there).exit() == 0);

      secret.set(Optional.empty());
      one.tend();

      assertThat(one.pid()).isEmpty();
      assertThat(rsync("", "", there).text()).contains("Connection refused");
    } finally {
      one.destroy();
      other.destroy();
    }
  }

  @Test
  void linksAreFollowedOnlyInside() {
    assertThat(Export.staysInside("a/b/link", "c")).isTrue();
    assertThat(Export.staysInside("a/b/link", "../../c")).isTrue();
    assertThat(Export.staysInside("a/b/link", "./../c/./d")).isTrue();
    assertThat(Export.staysInside("a/b/link", "../../../c")).isFalse();
    assertThat(Export.staysInside("a/b/link", "c/../d")).isFalse();
    assertThat(Export.staysInside("link", "/etc/passwd")).isFalse();
    assertThat(Export.staysInside("link", "..")).isFalse();
  }
}
