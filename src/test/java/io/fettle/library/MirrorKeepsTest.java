package io.fettle.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.kernel.Role;
import io.fettle.support.TestServer;
import io.fettle.support.WholeProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.env.MockEnvironment;

/** What lies at a mirror and nowhere else stays there; real Git repositories and a real rsync. */
@LibraryTest
class MirrorKeepsTest {
  @Autowired private TestServer server;
  @Autowired private RefDesk refs;
  @Autowired private Store store;
  @Autowired private RefTable table;
  @Autowired private MirrorTls tls;
  @Autowired private GitMirror git;
  @Autowired private FolderMirror copies;
  @Autowired private Export export;
  @TempDir Path folder;

  private Git admin() {
    Git somebody = new Git(folder, folder, server.token(Role.ADMINISTRATOR));
    somebody.ok("clone", "-q", server.uri("/git/scripts.git").toString(), "mine");
    return somebody.in(folder.resolve("mine"));
  }

  private static String branch(Git git, String name) {
    git.ok("switch", "-q", "-C", name, "origin/main");
    String commit = git.commit("keeps/" + name + "-" + System.nanoTime() + ".sh", "true\n");
    git.ok("push", "-q", "-f", "origin", "HEAD:refs/heads/" + name);
    return commit;
  }

  private Map<String, ObjectId> ours() {
    return MirrorWork.ours(refs.refs());
  }

  private void bring(GitMirror mirror, Git there, Map<String, ObjectId> what) throws Exception {
    String url = "file://" + there.folder();
    mirror.bring(MirrorAddress.of(url), url, Optional.empty(), what);
  }

  private Store restored(String name) {
    new Git(folder, folder, "")
        .ok(
            "clone",
            "-q",
            "--mirror",
            store.folder().resolve("scripts.git").toString(),
            folder.resolve(name).resolve("library/scripts.git").toString());
    MockEnvironment environment =
        new MockEnvironment().withProperty("fettle.home", folder.resolve(name).toString());
    return new Store(environment, Clock.systemUTC());
  }

  @Test
  void aBranchThatMovedOnAtTheMirrorIsLeftThereAndOneRewrittenHereFollows() throws Exception {
    Git mine = admin();
    branch(mine, "keeps-a");
    String other = branch(mine, "keeps-b");
    mine.ok("init", "-q", "--bare", "-b", "main", folder.resolve("mirror.git").toString());
    Git mirror = mine.in(folder.resolve("mirror.git"));
    bring(git, mirror, ours());

    String rewritten = branch(mine, "keeps-a");
    bring(git, mirror, ours());
    assertThat(mirror.ok("rev-parse", "keeps-a")).isEqualTo(rewritten);

    mine.ok("switch", "-q", "keeps-a");
    String theirs = mine.commit("keeps/theirs.sh", "true\n");
    mine.ok("push", "-q", mirror.folder().toString(), "HEAD:refs/heads/keeps-a");
    branch(mine, "keeps-a");
    String late = branch(mine, "keeps-c");
    assertThatThrownBy(() -> bring(git, mirror, ours()))
        .hasMessageContaining("keeps-a stands there at " + theirs.substring(0, 10))
        .hasMessageContaining("is not overwritten. Fetch it from the mirror and push it here");
    assertThat(mirror.ok("rev-parse", "keeps-a")).isEqualTo(theirs);
    assertThat(mirror.ok("rev-parse", "keeps-c")).isEqualTo(late);

    mine.ok("push", "-q", "-f", "origin", theirs + ":refs/heads/keeps-a");
    mirror.ok("update-ref", "refs/heads/keeps-c", other);
    assertThatThrownBy(() -> bring(git, mirror, ours())).hasMessageContaining("keeps-c stands");
    assertThat(mirror.ok("rev-parse", "keeps-c")).isEqualTo(other);
    mirror.ok("branch", "-q", "-D", "keeps-c");
    bring(git, mirror, ours());
    assertThat(mirror.ok("rev-parse", "keeps-a")).isEqualTo(theirs);
    assertThat(mirror.ok("rev-parse", "keeps-c")).isEqualTo(late);
    mine.ok("push", "-q", "origin", ":keeps-a", ":keeps-b", ":keeps-c");
  }

  @Test
  void aLibraryFromAnOlderBackupTakesNothingNewerFromItsMirrors() throws Exception {
    Git mine = admin();
    branch(mine, "aged");
    Map<String, ObjectId> then = ours();
    Store older = restored("older");
    String newer = branch(mine, "aged");
    mine.ok("init", "-q", "--bare", "-b", "main", folder.resolve("mirror.git").toString());
    Git mirror = mine.in(folder.resolve("mirror.git"));
    try (Daemon daemon = new Daemon("copy", "root")) {
      MirrorAddress copy = daemon.at("here");
      bring(git, mirror, ours());
      bring(copies, copy, ours());

      assertThatThrownBy(() -> bring(new GitMirror(older, table, tls), mirror, then))
          .hasMessageContaining("aged stands there at " + newer.substring(0, 10));
      assertThatThrownBy(() -> bring(new FolderMirror(older, export, table), copy, then))
          .hasMessageContaining("aged stands there at " + newer.substring(0, 10));

      assertThat(mirror.ok("rev-parse", "aged")).isEqualTo(newer);
      String bundle = daemon.path.resolve("here/scripts.bundle").toString();
      assertThat(mirror.ok("ls-remote", bundle, "aged")).startsWith(newer);
      String all = mirror.ok("ls-remote", "--refs", bundle).replace('\t', ' ');
      assertThat(Files.readAllLines(daemon.path.resolve("here/scripts.refs")))
          .containsExactlyInAnyOrderElementsOf(
              all.lines().filter(line -> !line.endsWith(" HEAD")).toList());

      mine.ok("push", "-q", "origin", ":aged");
      bring(copies, copy, ours());
      assertThat(mirror.ok("ls-remote", bundle, "aged")).isEmpty();
    } finally {
      older.destroy();
    }
  }

  @Test
  void aFolderThatMayBeSomebodyElsesIsLeftAsItIs() throws Exception {
    try (Daemon daemon = new Daemon("copy", "root")) {
      Path foreign = daemon.file("foreign/scripts/theirs", "theirs");
      Path bundle = daemon.file("bundle/scripts.bundle", "theirs");
      assertThatThrownBy(() -> bring(copies, daemon.at("foreign"), ours()))
          .hasMessageContaining("scripts/ is there without a scripts.commit");
      assertThatThrownBy(() -> bring(copies, daemon.at("bundle"), ours()))
          .hasMessageContaining("scripts.bundle is there without a scripts.commit");
      assertThat(foreign).hasContent("theirs");
      assertThat(bundle).hasContent("theirs");

      Files.createDirectories(daemon.path.resolve("fresh/scripts"));
      bring(copies, daemon.at("fresh"), ours());
      Path mark = daemon.path.resolve("fresh/scripts.commit");
      Files.writeString(mark, Files.readString(mark).strip() + " begun\n");
      Files.delete(daemon.path.resolve("fresh/scripts.refs"));
      Files.delete(daemon.path.resolve("fresh/scripts.bundle"));
      bring(copies, daemon.at("fresh"), ours());
      assertThat(mark).hasContent(export.current().orElseThrow() + "\n");
      assertThat(daemon.path.resolve("fresh/scripts/README.md")).exists();
    }
    try (Daemon daemon = new Daemon("locked", "nobody")) {
      Path theirs = daemon.file("here/scripts/theirs", "theirs");
      Path mark = daemon.file("here/scripts.commit", "theirs");
      Files.setPosixFilePermissions(
          theirs.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
      Files.setPosixFilePermissions(mark, PosixFilePermissions.fromString("rw-------"));
      assertThatThrownBy(() -> bring(copies, daemon.at("here"), ours()))
          .hasMessageContaining("Permission denied");
      assertThat(theirs).hasContent("theirs");
    }
  }

  private void bring(FolderMirror mirror, MirrorAddress to, Map<String, ObjectId> what)
      throws Exception {
    String main = what.getOrDefault(Store.MAIN, ObjectId.zeroId()).name();
    WholeProcess.await(
        "main is exported",
        Duration.ofSeconds(20),
        () -> export.current().filter(main::equals).isPresent());
    mirror.bring("kept", to, Optional.of("of-the-daemon"), what);
  }

  /** A real writable rsync daemon, acting there as this user. */
  private final class Daemon implements AutoCloseable {
    final Path path;
    private final int port;
    private final Process process;

    Daemon(String name, String user) throws Exception {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      path = Files.createDirectory(folder.resolve(name));
      Path secrets = Files.writeString(folder.resolve(name + ".secrets"), "team:of-the-daemon\n");
      Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-------"));
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
      Path conf =
          Files.writeString(
              folder.resolve(name + ".conf"),
              """
              address = 127.0.0.1
              use chroot = no
              [copy]
              uid = %s
              gid = *
              path = %s
              read only = no
              auth users = team
              secrets file = %s
              """
                  .formatted(user, path, secrets));
      process =
          new ProcessBuilder(
                  "rsync", "--daemon", "--no-detach", "--config=" + conf, "--port=" + port)
              .inheritIO()
              .start();
      WholeProcess.await("the daemon answers", Duration.ofSeconds(20), this::answers);
    }

    private boolean answers() {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return socket.isConnected();
      } catch (java.io.IOException e) {
        return false;
      }
    }

    MirrorAddress at(String sub) {
      return MirrorAddress.of("rsync://team@127.0.0.1:" + port + "/copy/" + sub);
    }

    Path file(String name, String text) throws Exception {
      Path file = path.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text);
    }

    @Override
    public void close() {
      process.destroy();
    }
  }
}
