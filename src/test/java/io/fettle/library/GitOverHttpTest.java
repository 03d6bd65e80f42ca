package io.fettle.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Role;
import io.fettle.library.Git.Said;
import io.fettle.support.TestServer;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** The library as the real {@code git} sees it. */
@LibraryTest
class GitOverHttpTest {
  @Autowired private TestServer server;
  @Autowired private Library library;
  @Autowired private Store store;
  @TempDir Path folder;
  private Git git = new Git(Path.of("."), Path.of("."), "");

  @BeforeEach
  void cloneIt() {
    git = clone(Role.OPERATOR, "mine");
  }

  private String url() {
    return server.uri("/git/scripts.git").toString();
  }

  private Git as(Role role) {
    return new Git(folder, folder, server.token(role));
  }

  private Git clone(Role role, String name) {
    Git somebody = as(role);
    somebody.ok("clone", "-q", url(), name);
    return somebody.in(folder.resolve(name));
  }

  private Said push(Git who, String branch) {
    return who.run("push", "origin", "HEAD:refs/heads/" + branch);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "2"})
  void aCloneInEitherProtocolHasWhatMainHas(String version) throws IOException {
    Path trace = folder.resolve("trace");
    Said said =
        as(Role.AUDITOR)
            .run(
                Map.of("GIT_TRACE_PACKET", trace.toString()),
                "-c",
                "protocol.version=" + version,
                "clone",
                url(),
                "v" + version);

    assertThat(said.exit()).as(said.text()).isZero();
    Git cloned = as(Role.AUDITOR).in(folder.resolve("v" + version));
    assertThat(cloned.ok("rev-parse", "HEAD")).isEqualTo(library.head());
    assertThat(cloned.ok("symbolic-ref", "--short", "HEAD")).isEqualTo("main");
    assertThat(cloned.folder().resolve("README.md")).exists();
    assertThat(Files.readString(trace).contains("clone< version 2")).isEqualTo(version.equals("2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "2"})
  void aPushedBranchIsThereForOthersAndOnTheRecord(String version) {
    String branch = "disk-" + version;
    String commit = git.commit("disk/clean.sh", "#!/bin/sh\necho " + version + "\n");
    git.ok("-c", "protocol.version=" + version, "push", "-q", "origin", "HEAD:" + branch(branch));
    Git other = clone(Role.AUDITOR, "other-" + version);
    assertThat(other.ok("rev-parse", "origin/" + branch)).isEqualTo(commit);

    String second = git.commit("disk/clean.sh", "#!/bin/sh\necho more\n");
    git.ok("push", "-q", "origin", "HEAD:" + branch(branch));
    other.ok("-c", "protocol.version=" + version, "pull", "-q", "origin", branch);

    assertThat(other.ok("rev-parse", "HEAD")).isEqualTo(second);
    var audit = server.get(Role.AUDITOR, "/api/v1/audit?object=" + branch(branch)).json();
    assertThat(audit.at("/items").size()).isEqualTo(2);
    assertThat(audit.at("/items/0/details/from").asString()).isEqualTo(commit);
    assertThat(audit.at("/items/0/details/to").asString()).isEqualTo(second);
    assertThat(audit.at("/items/1/action").asString()).isEqualTo("library.ref_created");
    assertThat(library.script("disk/clean.sh", commit).bytes())
        .asString()
        .contains("echo " + version);
    assertThat(library.script("disk/clean.sh", branch).commit()).isEqualTo(second);
  }

  @Test
  void mainMovesForNobodyAloneButAnAdministratorWithAReason() {
    String before = library.head();
    git.commit("main/alone.sh", "true\n");
    Said refused = push(git, "main");
    assertThat(refused.exit()).isNotZero();
    assertThat(refused.text()).contains("main is protected").contains("page Scripts");
    assertThat(push(git, "main").text()).doesNotContain(server.token(Role.OPERATOR));
    Said withReason = git.run("push", "-o", "reason=because", "origin", "HEAD:refs/heads/main");
    assertThat(withReason.text()).contains("main is protected");
    assertThat(library.head()).isEqualTo(before);

    Git admin = clone(Role.ADMINISTRATOR, "admins");
    String commit = admin.commit("main/alone.sh", "true\n");
    assertThat(push(admin, "main").exit()).isNotZero();
    admin.ok("push", "-q", "-o", "reason=the site is down", "origin", "HEAD:main");
    assertThat(library.head()).isEqualTo(commit);
    var audit = server.get(Role.AUDITOR, "/api/v1/audit?object=refs/heads/main").json();
    assertThat(audit.at("/items/0/reason").asString()).isEqualTo("the site is down");
  }

  @Test
  void mainIsNeverRewrittenOrDeletedAndATagStays() {
    Git admin = clone(Role.ADMINISTRATOR, "admins");
    String before = library.head();
    admin.ok("checkout", "-q", "--orphan", "other");
    admin.commit("other.sh", "true\n");

    Said forced = admin.run("push", "-o", "reason=x", "--force", "origin", "HEAD:refs/heads/main");
    Said deleted = admin.run("push", "-o", "reason=x", "origin", ":refs/heads/main");
    assertThat(forced.text()).contains("not rewritten");
    assertThat(deleted.text()).contains("cannot be deleted");
    assertThat(library.head()).isEqualTo(before);

    admin.ok("push", "-q", "origin", "HEAD:refs/tags/v1");
    admin.commit("other.sh", "false\n");
    assertThat(admin.run("push", "--force", "origin", "HEAD:refs/tags/v1").text())
        .contains("a tag stays");
    assertThat(admin.run("push", "origin", ":refs/tags/v1").text()).contains("a tag stays");
    assertThat(admin.run("push", "origin", "HEAD:refs/notes/x").text()).contains("only branches");
  }

  @Test
  void ofAnAtomicPushAllOrNothingMoves() {
    git.commit("atomic.sh", "true\n");

    Said said =
        git.run("push", "--atomic", "origin", "HEAD:refs/heads/atomic", "HEAD:refs/heads/main");

    assertThat(said.exit()).isNotZero();
    assertThat(git.ok("ls-remote", "origin", "refs/heads/atomic")).isEmpty();
  }

  /** Git has no branch below a branch; half of it moved would be a move by nobody. */
  @Test
  void ofNamesThatClashNeitherMoves() {
    git.commit("clash.sh", "true\n");

    Said said =
        git.run("push", "--atomic", "origin", "HEAD:refs/heads/top", "HEAD:refs/heads/top/below");

    assertThat(said.exit()).isNotZero();
    assertThat(said.text()).contains("clashes with refs/heads/top");
    assertThat(git.ok("ls-remote", "origin", "refs/heads/top", "refs/heads/top/below")).isEmpty();
    assertThat(push(git, "top").exit()).isZero();
    assertThat(push(git, "top/below").text()).contains("clashes with refs/heads/top");
  }

  @Test
  void aWholeIdStandsForNoOtherCommitWhateverNamesThereAre() {
    String harmless = library.head();
    String other = git.commit("other.sh", "true\n");
    push(git, "with-an-id");
    for (String name : new String[] {"refs/tags/" + other, branch(other), branch("deadbeef")})
      assertThat(git.run("push", "origin", harmless + ":" + name).text())
          .contains("looks like the id");

    Git bare = git.in(store.repository().getDirectory().toPath());
    bare.ok("update-ref", "refs/tags/" + other, harmless);

    assertThat(library.script("other.sh", other).commit()).isEqualTo(other);
    bare.ok("update-ref", "-d", "refs/tags/" + other);
  }

  @Test
  void whoeverMovedABranchPastFettleIsNotSomebodyElse() throws Exception {
    String tip = git.commit("past.sh", "true\n");
    push(git, "past");
    git.in(store.repository().getDirectory().toPath()).ok("update-ref", branch("by-nobody"), tip);
    awaitRecord(branch("by-nobody"));
    var wish = Map.of("branch", "by-nobody", "tip", tip, "reason", "");

    var operators = server.post(Role.OPERATOR, "/api/v1/library/merge", wish);
    assertThat(operators.status()).isEqualTo(403);
    assertThat(operators.body()).contains("not on record");
    assertThat(server.post(Role.ADMINISTRATOR, "/api/v1/library/merge", wish).status())
        .isEqualTo(422);
  }

  /** Ten names for one folder, seven times over: ten objects, ten million paths. */
  @Test
  void aFewObjectsThatStandForMillionsOfPathsAreRefused() throws IOException {
    Path list = folder.resolve("tree");
    String below = "100644 blob " + git.ok("rev-parse", "HEAD:README.md");
    for (int level = 0; level < 7; level++) {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 10; i++) lines.append(below).append('\t').append(i).append('\n');
      Files.writeString(list, lines);
      below = "040000 tree " + git.fed(list, "mktree");
    }
    String commit = git.ok("commit-tree", "-m", "bomb", below.substring(12));

    assertThat(git.run("push", "origin", commit + ":refs/heads/bomb").text())
        .contains("more than 50,000 files");

    git.in(store.repository().getDirectory().toPath())
        .ok("fetch", "-q", git.folder().toString(), commit + ":refs/heads/by-hand-bomb");
    var page = server.get(Role.AUDITOR, "/api/v1/library/commits/" + commit);
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.json().at("/diff/files").size()).isLessThanOrEqualTo(300);
    git.in(store.repository().getDirectory().toPath())
        .ok("update-ref", "-d", "refs/heads/by-hand-bomb");
  }

  @Test
  void aPackIsBelievedOnlySoManyObjects() {
    String zero = "0".repeat(40);
    String command =
        zero + " " + library.head() + " refs/heads/many-objects\0 report-status side-band-64k\n";
    byte[] lines =
        ("%04x%s0000PACK".formatted(command.length() + 4, command))
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] request = java.util.Arrays.copyOf(lines, lines.length + 8);
    request[lines.length + 3] = 2;
    request[lines.length + 4] = 8;
    var push =
        HttpRequest.newBuilder(server.uri("/git/scripts.git/git-receive-pack"))
            .header("Authorization", "Bearer " + server.token(Role.OPERATOR))
            .header("Content-Type", "application/x-git-receive-pack-request")
            .POST(HttpRequest.BodyPublishers.ofByteArray(request));

    assertThat(server.send(push).body()).contains("134217728 objects");
    assertThat(git.ok("ls-remote", "origin", "refs/heads/many-objects")).isEmpty();
  }

  @Test
  void rolesAreKeptAndTokensAreNeeded() {
    assertThat(as(Role.OWNER).run("clone", url(), "owners").text())
        .contains("403")
        .contains("Your role");
    Git auditor = clone(Role.AUDITOR, "auditors");
    auditor.commit("no.sh", "true\n");
    assertThat(push(auditor, "no").text()).contains("may only read").contains("403");
    assertThat(new Git(folder, folder, "fet_nonsense").run("clone", url(), "nobodys").text())
        .contains("Authentication failed");
    var anonymous =
        server.send(
            HttpRequest.newBuilder(
                server.uri("/git/scripts.git/info/refs?service=git-upload-pack")));
    assertThat(anonymous.status()).isEqualTo(401);
    assertThat(anonymous.header("WWW-Authenticate").orElse("")).startsWith("Basic realm=");
    String basic =
        Base64.getEncoder()
            .encodeToString(("x:" + server.token(Role.OPERATOR)).getBytes(StandardCharsets.UTF_8));
    var elsewhere =
        HttpRequest.newBuilder(server.uri("/api/v1/me")).header("Authorization", "Basic " + basic);
    assertThat(server.send(elsewhere).status())
        .as("a token as a password is for Git alone")
        .isEqualTo(401);
  }

  @Test
  void whatIsNoGitIsRefusedInPlainWords() {
    for (String encoding : new String[] {"gzip", "identity"}) {
      var nonsense =
          HttpRequest.newBuilder(server.uri("/git/scripts.git/git-upload-pack"))
              .header("Authorization", "Bearer " + server.token(Role.AUDITOR))
              .header("Content-Type", "application/x-git-upload-pack-request")
              .header("Content-Encoding", encoding)
              .POST(HttpRequest.BodyPublishers.ofString("nonsense"));
      assertThat(server.send(nonsense).status()).as(encoding).isEqualTo(400);
    }
  }

  @Test
  void brokenObjectsAndWhatIsTooLargeAreRefused() throws IOException {
    Path list = folder.resolve("tree");
    String blob = git.ok("rev-parse", "HEAD:README.md");
    Files.writeString(list, "100644 blob " + blob + "\t.git\n");
    String tree = git.fed(list, "mktree");
    String commit = git.ok("commit-tree", "-m", "hostile", tree);
    Said hostile = git.run("push", "origin", commit + ":refs/heads/dot-git");
    assertThat(hostile.exit()).isNotZero();
    assertThat(hostile.text()).contains("'.git'");

    Files.writeString(list, "100644 blob " + blob + "\t" + "长".repeat(86) + "\n");
    String longName = git.ok("commit-tree", "-m", "long", git.fed(list, "mktree"));
    assertThat(git.run("push", "origin", longName + ":refs/heads/long-name").text())
        .contains("more than 255 bytes");

    byte[] noise = new byte[2 << 20];
    new Random(7).nextBytes(noise);
    git.commit("big.bin", noise);
    Said large = push(git, "large");
    assertThat(large.exit()).isNotZero();
    assertThat(large.text()).contains("Object too large");

    git.ok("reset", "-q", "--hard", "HEAD~1");
    byte[] piece = new byte[900_000];
    for (int i = 0; i < 6; i++) {
      new Random(i).nextBytes(piece);
      git.commit("piece" + i, piece);
    }
    Said many = push(git, "many");
    assertThat(many.exit()).isNotZero();
    assertThat(
            git.ok(
                "ls-remote", "origin", "refs/heads/dot-git", "refs/heads/large", "refs/heads/many"))
        .isEmpty();
    git.ok("reset", "-q", "--hard", "origin/main");
    git.commit("small.sh", "true\n");
    assertThat(push(git, "small").exit()).isZero();
  }

  @Test
  void aPushThatIsKilledInTheMiddleMovesNothing() throws Exception {
    byte[] noise = new byte[900_000];
    new Random(3).nextBytes(noise);
    git.commit("noise.bin", noise);
    URI target = server.uri("/");
    try (CutWire wire = new CutWire(target.getPort(), 300_000)) {
      String through = "http://127.0.0.1:" + wire.port() + "/git/scripts.git";
      Process push =
          git.start(Map.of(), folder.resolve("push.out"), "push", through, "HEAD:refs/heads/cut");
      wire.awaitCut(Duration.ofSeconds(30));
      push.destroyForcibly().waitFor();
    }

    WholeProcess.await("the half pack is gone", Duration.ofSeconds(30), () -> incoming() == 0);
    assertThat(git.ok("ls-remote", "origin", "refs/heads/cut")).isEmpty();
    assertThat(push(git, "cut").exit()).isZero();
    Path bare = store.repository().getDirectory().toPath();
    assertThat(git.in(bare).ok("fsck", "--full", "--strict"))
        .doesNotContain("missing")
        .doesNotContain("error");
  }

  private long incoming() {
    try (var files = Files.list(store.repository().getDirectory().toPath().resolve("objects"))) {
      return files.filter(f -> f.getFileName().toString().startsWith("incoming_")).count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void whatSomebodyMovedInTheRepositoryIsFoundAndRecorded() throws Exception {
    String commit = library.head();
    git.in(store.repository().getDirectory().toPath())
        .ok("update-ref", "refs/heads/by-hand", commit);

    awaitRecord("refs/heads/by-hand");
  }

  private void awaitRecord(String ref) throws InterruptedException {
    WholeProcess.await(
        "the sweep has recorded it",
        Duration.ofSeconds(20),
        () ->
            server.get(Role.AUDITOR, "/api/v1/audit?object=" + ref).json().at("/items").size()
                == 1);
  }

  private static String branch(String name) {
    return "refs/heads/" + name;
  }
}
