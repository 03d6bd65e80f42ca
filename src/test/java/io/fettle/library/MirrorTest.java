package io.fettle.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.support.RealSshd;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import io.fettle.support.WholeProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Copies elsewhere, kept with real Git repositories, sshd and rsync. */
@LibraryTest
class MirrorTest {
  @Autowired private TestServer server;
  @Autowired private Library library;
  @Autowired private RefDesk refs;
  @Autowired private Store store;
  @Autowired private RefTable table;
  @Autowired private Mirrors mirrors;
  @TempDir Path folder;

  private Git clone(Role role, String name) {
    Git somebody = new Git(folder, folder, server.token(role));
    somebody.ok("clone", "-q", server.uri("/git/scripts.git").toString(), name);
    return somebody.in(folder.resolve(name));
  }

  private Git bare(String name) {
    Git somebody = new Git(folder, folder, "");
    somebody.ok("init", "-q", "--bare", "-b", "main", name);
    return somebody.in(folder.resolve(name));
  }

  private Answer put(String name, String url, String secret) {
    String body = JsonMapper.shared().writeValueAsString(Map.of("url", url, "secret", secret));
    return server.send(
        server.token(Role.ADMINISTRATOR), "PUT", "/api/v1/library/mirrors/" + name, body);
  }

  private void remove(String name) {
    String path = "/api/v1/library/mirrors/" + name;
    assertThat(server.send(server.token(Role.ADMINISTRATOR), "DELETE", path, null).status())
        .isEqualTo(204);
  }

  private JsonNode shown(String name) {
    for (JsonNode each : server.get(Role.AUDITOR, "/api/v1/library/mirrors").json().get("items"))
      if (each.get("name").asString().equals(name)) return each;
    throw new AssertionError(name);
  }

  private void awaitMirrored(String name) throws InterruptedException {
    WholeProcess.await(
        name + " has all",
        Duration.ofSeconds(30),
        () -> {
          JsonNode now = shown(name);
          return !now.get("done_at").isNull() && now.get("behind_since").isNull();
        });
  }

  private void awaitError(String name, String word) throws InterruptedException {
    WholeProcess.await(
        name + " says " + word,
        Duration.ofSeconds(30),
        () -> shown(name).get("error").asString("").contains(word));
  }

  /** As {@code git show-ref} says it. */
  private String ours() {
    StringBuilder lines = new StringBuilder();
    MirrorWork.ours(refs.refs()).forEach((ref, id) -> lines.append(id.name() + " " + ref + "\n"));
    return lines.toString().strip();
  }

  private void awaitSame(Git mirror) throws InterruptedException {
    WholeProcess.await(
        "the same branches and tags",
        Duration.ofSeconds(30),
        () -> mirror.run("show-ref").text().strip().equals(ours()));
  }

  @Test
  void everyChangeArrivesInARepositoryElsewhereAndADeletedBranchGoes() throws Exception {
    Git mirror = bare("mirror.git");
    assertThat(put("folder", "file://" + mirror.folder(), "").status()).isEqualTo(204);
    awaitMirrored("folder");
    awaitSame(mirror);

    Git git = clone(Role.ADMINISTRATOR, "mine");
    git.commit("mirror/a.sh", "true\n");
    git.ok("push", "-q", "origin", "HEAD:refs/heads/mirrored", "HEAD:refs/tags/mirrored-1");
    awaitSame(mirror);
    git.ok("push", "-q", "origin", ":refs/heads/mirrored");
    git.ok("push", "-q", "-o", "reason=a test", "origin", "HEAD:main");
    awaitSame(mirror);
    awaitMirrored("folder");

    assertThat(mirror.ok("rev-parse", "main")).isEqualTo(library.head());
    remove("folder");
  }

  @Test
  void aRepositoryWithAnotherHistoryIsReportedAndNotOverwritten() throws Exception {
    Git mirror = bare("other.git");
    mirror.in(folder).ok("clone", "-q", mirror.folder().toString(), "others");
    Git others = mirror.in(folder.resolve("others"));
    String theirs = others.commit("theirs.sh", "true\n");
    others.ok("push", "-q", "origin", "HEAD:main");

    put("foreign", "file://" + mirror.folder(), "");
    awaitError("foreign", "is not overwritten");

    assertThat(mirror.ok("rev-parse", "main")).isEqualTo(theirs);
    JsonNode now = shown("foreign");
    assertThat(now.get("failures").asInt()).isPositive();
    Mirror late =
        new Mirror(
            "m",
            "file:///m",
            "x",
            Instant.EPOCH,
            null,
            null,
            Instant.EPOCH,
            3,
            Instant.EPOCH,
            new Label("被拒绝", "refused"));
    var health = CopyHealth.judge(List.of(late), Instant.EPOCH.plusSeconds(700));
    assertThat(health.ok()).isFalse();
    assertThat(health.why().en()).contains("behind for 11 min 40 s: refused");
    assertThat(health.why().zh()).endsWith("：被拒绝");
    assertThat(mirrors.all())
        .anySatisfy(each -> {
          assertThat(each.name()).isEqualTo("foreign");
          assertThat(each.error()).extracting(Label::zh).asString().contains("不覆盖");
        });
    put("gone", "file://" + folder.resolve("nothing.git"), "");
    awaitError("gone", "not found");
    remove("gone");
    remove("foreign");
  }

  @Test
  void overSshGoTheRepositoryAndAFolderWithAllHistory() throws Exception {
    try (RealSshd sshd = RealSshd.start()) {
      sshd.user("keeper", "unused-password");
      sshd.sh(
          "su keeper -c 'git init -q --bare -b main /home/keeper/scripts.git; mkdir /home/keeper/copy'");
      String host = "keeper@" + sshd.endpoint().host() + ":" + sshd.endpoint().port();
      String key = new String(sshd.key());

      assertThat(put("ssh", "ssh://" + host + "/home/keeper/scripts.git", "").status())
          .isEqualTo(422);
      put("ssh", "ssh://" + host + "/home/keeper/scripts.git", key);
      put("rsync", "rsync+ssh://" + host + "/home/keeper/copy", key);
      awaitMirrored("ssh");
      awaitMirrored("rsync");

      assertThat(sshd.sh("su keeper -c 'git -C /home/keeper/scripts.git rev-parse main'").strip())
          .isEqualTo(library.head());
      assertThat(sshd.sh("cat /home/keeper/copy/scripts.commit").strip()).isEqualTo(library.head());
      assertThat(sshd.sh("cat /home/keeper/copy/scripts/README.md")).contains("脚本库");
      assertThat(
              sshd.sh(
                      "su keeper -c 'cd; git clone -q copy/scripts.bundle again; git -C again rev-parse HEAD'")
                  .strip())
          .isEqualTo(library.head());
      assertThat(server.get(Role.AUDITOR, "/api/v1/library/mirrors").body())
          .doesNotContain("PRIVATE KEY");
      try (var files = Files.list(server.home().resolve("library"))) {
        assertThat(files.filter(f -> f.getFileName().toString().startsWith("key-"))).isEmpty();
      }

      sshd.sh("echo " + "0".repeat(40) + " >/home/keeper/copy/scripts.commit");
      Git git = clone(Role.ADMINISTRATOR, "mine");
      git.commit("mirror/ssh.sh", "true\n");
      git.ok("push", "-q", "-o", "reason=a test", "origin", "HEAD:main");
      awaitError("rsync", "is not overwritten");
      sshd.reinstall();
      put("ssh", "ssh://" + host + "/home/keeper/scripts.git", "");
      awaitError("ssh", "ost key");
      remove("rsync");
      remove("ssh");
    }
  }

  @Test
  void overHttpATokenIsNeeded() throws Exception {
    String own = server.uri("/git/scripts.git").toString();
    put("http", own, "fet_nonsense");
    awaitError("http", "not authorized");
    put("http", own, server.token(Role.OPERATOR));
    awaitMirrored("http");
    remove("http");
  }

  @Test
  void overHttpsTheCertificateAndTheNameAreChecked() throws Exception {
    try (GitOverTls there = new GitOverTls(folder)) {
      String url = there.url("127.0.0.1");
      put("tls", url, "secret");
      awaitError("tls", "its certificate is not believed");
      remove("tls");
      GitMirror believing = believing(there.authority().toString());
      assertThatThrownBy(() -> bring(believing, there.url("localhost"), "secret"))
          .hasMessageContaining("its certificate is not believed")
          .hasMessageContaining("localhost");
      assertThatThrownBy(() -> bring(believing, url, "nonsense"))
          .hasMessageContaining("not authorized");
      assertThatThrownBy(() -> bring(believing("/nowhere.pem"), url, "secret"))
          .hasMessageContaining("library.mirror-ca: cannot read");

      bring(believing, url, "secret");
      bring(believing, url, "secret");

      Git git = new Git(folder, folder, "secret");
      assertThat(git.ok("-C", there.repository().toString(), "rev-parse", "main"))
          .isEqualTo(library.head());
      assertThat(git.ok("-c", "http.sslCAInfo=" + there.authority(), "ls-remote", url, "main"))
          .startsWith(library.head());
    }
  }

  private GitMirror believing(String authorities) {
    Duration any = Duration.ofSeconds(1);
    DataSize size = DataSize.ofMegabytes(1);
    return new GitMirror(
        store,
        table,
        new MirrorTls(
            new LibrarySettings(
                LibrarySettings.Reviewing.AUTO, size, size, 1, any, any, any, authorities)));
  }

  private void bring(GitMirror mirror, String url, String secret) throws Exception {
    mirror.bring(MirrorAddress.of(url), url, Optional.of(secret), MirrorWork.ours(refs.refs()));
  }

  @Test
  void aWritableModuleOfARealRsyncDaemonTakesACopy() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path copy = Files.createDirectory(folder.resolve("copy"));
    Path secrets = Files.writeString(folder.resolve("secrets"), "team:daemon-secret\n");
    Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-------"));
    Path conf = folder.resolve("rsyncd.conf");
    Files.writeString(
        conf,
        "address = 127.0.0.1\nuse chroot = no\nuid = 0\ngid = 0\n[copy]\npath = "
            + copy
            + "\nread only = no\nauth users = team\nsecrets file = "
            + secrets
            + "\n");
    Process daemon =
        new ProcessBuilder("rsync", "--daemon", "--no-detach", "--config=" + conf, "--port=" + port)
            .inheritIO()
            .start();
    try {
      String url = "rsync://team@127.0.0.1:" + port + "/copy";
      put("daemon", url, "nonsense");
      awaitError("daemon", "auth failed");
      put("daemon", url, "daemon-secret");
      awaitMirrored("daemon");

      assertThat(Files.readString(copy.resolve("scripts.commit")).strip())
          .isEqualTo(library.head());
      Git git = new Git(folder, folder, "");
      git.ok("clone", "-q", copy.resolve("scripts.bundle").toString(), "again");
      assertThat(git.in(folder.resolve("again")).ok("rev-parse", "HEAD")).isEqualTo(library.head());
    } finally {
      remove("daemon");
      daemon.destroy();
    }
  }

  @Test
  void aKeyThatAKilledProcessLeftIsTakenAway() throws Exception {
    for (String name : List.of("key-dead", "ssh-1.err", "known_hosts"))
      Files.writeString(folder.resolve(name), "x");
    OpenSsh.tidy(folder);
    assertThat(folder.resolve("key-dead")).doesNotExist();
    assertThat(folder.resolve("ssh-1.err")).doesNotExist();
    assertThat(folder.resolve("known_hosts")).exists();
  }

  @Test
  void anAddressHasNoSecretAndNothingForAShell() {
    assertThat(MirrorAddress.of("ssh://u@h.example:2222/srv/scripts.git").port()).isEqualTo(2222);
    assertThat(MirrorAddress.of("rsync://team@[::1]:873/module/").isFolder()).isTrue();
    for (String bad :
        List.of(
            "ssh://u:secret@host/x",
            "ssh://-oProxyCommand=x/y",
            "ssh://u@host/x;reboot",
            "ssh://u@host/$(id)",
            "ext::sh -c id",
            "http://elsewhere.example/x.git",
            "file://host/x",
            "file:///a/../b",
            "rsync://host/",
            "/srv/x",
            ""))
      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> MirrorAddress.of(bad)))
          .as(bad)
          .isInstanceOf(Problem.class);
  }

  @Test
  void aMirrorThatFailsIsTriedEverMoreRarely() {
    Mirror fresh = mirror(null, 0, Instant.EPOCH.plusSeconds(60));
    assertThat(MirrorWork.due(fresh, "now", Instant.EPOCH)).isTrue();
    assertThat(
            MirrorWork.due(mirror("now", 0, Instant.EPOCH.plusSeconds(60)), "now", Instant.EPOCH))
        .isFalse();
    assertThat(MirrorWork.due(mirror(null, 2, Instant.EPOCH.plusSeconds(60)), "now", Instant.EPOCH))
        .isFalse();
    assertThat(MirrorWork.due(mirror(null, 2, Instant.EPOCH), "now", Instant.EPOCH)).isTrue();
    assertThat(pause(0)).isEqualTo(Duration.ofSeconds(5));
    assertThat(pause(3)).isEqualTo(Duration.ofSeconds(40));
    assertThat(pause(90)).isEqualTo(Duration.ofMinutes(15));
  }

  private static Duration pause(int failures) {
    return MirrorWork.pause(Duration.ofSeconds(5), failures);
  }

  private static Mirror mirror(
      @org.jspecify.annotations.Nullable String done, int failures, Instant next) {
    return new Mirror("m", "file:///m", "x", Instant.EPOCH, done, null, null, failures, next, null);
  }
}
