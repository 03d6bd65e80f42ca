package io.fettle.batch;

import static io.fettle.batch.FileJobs.assertVerdict;
import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.Imports;
import io.fettle.kernel.Role;
import io.fettle.support.FettleTest;
import io.fettle.support.Fleet;
import io.fettle.support.RealSshd;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Files to and from machines, over the SFTP of a real OpenSSH. */
@FettleTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FilesTest {
  private static final String HOME = "/home/files/";

  @Autowired private TestServer server;
  @Autowired private Imports imports;
  @Autowired private FileStore store;

  private FileJobs jobs;
  private RealSshd sshd;
  private RealSshd without;
  private RealSshd cutting;
  private Path cut;

  @BeforeAll
  void machines() throws Exception {
    cut = Files.createTempFile(Path.of("/var/tmp"), "cut-sftp-", ".sh");
    Files.writeString(cut, "dd bs=64k count=8 2>/dev/null | /usr/lib/openssh/sftp-server\n");
    Files.setPosixFilePermissions(cut, PosixFilePermissions.fromString("rw-r--r--"));
    sshd = RealSshd.start("Subsystem sftp internal-sftp");
    FileJobs.ownTmp(sshd);
    without = RealSshd.start();
    cutting = RealSshd.start("Subsystem sftp /bin/sh " + cut);
    StringBuilder csv = new StringBuilder("资产号,序列号,IP,机柜,团队\n");
    for (var one : Map.of("FT1", sshd, "FT2", without, "FT3", cutting).entrySet()) {
      one.getValue().user("files", "Pw-files-1");
      one.getValue().sudoers("files ALL=(ALL) NOPASSWD: ALL");
      csv.append(
          "%1$s,SN%1$s,%2$s,FT-1,team-%1$s\n".formatted(one.getKey(), one.getValue().endpoint()));
      Fleet.key(
          server,
          one.getValue(),
          "files-" + one.getKey(),
          "files",
          "asset_no == '" + one.getKey() + "'");
    }
    Fleet.register(imports, csv.toString());
    jobs = new FileJobs(server);
  }

  @AfterAll
  void close() throws Exception {
    Files.delete(cut);
    sshd.close();
    without.close();
    cutting.close();
  }

  @Test
  void aFileIsPutWholeAndASecondTimeLeftAlone() throws Exception {
    String to = HOME + "it's a 文件.conf";

    assertVerdict(jobs.put("FT1", "eins\n", to, "mode=0640"), "OK", "same checksum");
    assertThat(sshd.sh("cat \"" + to + "\"; stat -c %a,%U \"" + to + "\""))
        .isEqualTo("eins\n640,files\n");
    assertVerdict(jobs.put("FT1", "eins\n", to, "mode=0640"), "OK", "The same already");
    assertThat(FileJobs.leftovers(sshd)).isEmpty();
  }

  @Test
  void anotherFileIsReplacedOnlyWhenAskedAndCanBePutBack() throws Exception {
    String to = HOME + "replaced";
    sshd.sh("printf old >" + to + " && chown files: " + to + " && chmod 0604 " + to);

    assertVerdict(jobs.put("FT1", "new", to), "FAILED", "replace=yes");
    assertThat(sshd.sh("cat " + to)).isEqualTo("old");
    JsonNode replaced = jobs.put("FT1", "new", to, "replace=yes");
    assertVerdict(replaced, "OK", "");
    assertThat(sshd.sh("cat " + to + "; stat -c ,%a " + to)).isEqualTo("new,604\n");

    sshd.sh("printf touched >" + to);
    assertVerdict(jobs.undo(replaced), "FAILED", "changed it since");
    sshd.sh("printf new >" + to);
    JsonNode undone = jobs.undo(replaced);
    assertVerdict(undone, "OK", "Put back");
    assertThat(sshd.sh("cat " + to + "; ls " + HOME)).startsWith("old").doesNotContain(".fettle-");
    sshd.sh("printf other >" + to);
    assertVerdict(jobs.undo(undone), "FAILED", "changed");
    sshd.sh("printf old >" + to);
    assertVerdict(jobs.undo(undone), "OK", "same checksum");
    assertThat(sshd.sh("cat " + to + "; stat -c ,%a " + to)).isEqualTo("new,604\n");
  }

  @Test
  void aModeAloneIsPutAndPutBack() throws Exception {
    String to = HOME + "mode";
    sshd.sh("printf x >%1$s && chown files: %1$s && chmod 0640 %1$s".formatted(to));

    JsonNode opened = jobs.put("FT1", "x", to, "mode=0644");
    assertVerdict(opened, "OK", "");
    assertThat(sshd.sh("stat -c %a " + to)).isEqualTo("644\n");
    assertVerdict(jobs.undo(opened), "OK", "Put back");
    assertThat(sshd.sh("stat -c %a " + to)).isEqualTo("640\n");
  }

  @Test
  void anOwnerThatCannotBeKeptIsNotChanged() throws Exception {
    String to = HOME + "roots";
    sshd.sh("printf old >%1$s && chown root:root %1$s && chmod 0644 %1$s".formatted(to));

    assertVerdict(jobs.put("FT1", "new", to, "replace=yes"), "FAILED", "its owner and group");
    assertThat(sshd.sh("cat " + to + "; stat -c ,%U " + to)).isEqualTo("old,root\n");
    assertThat(FileJobs.leftovers(sshd)).isEmpty();
  }

  @Test
  void aDryRunSaysWhatWouldBeFetched() throws Exception {
    sshd.sh(
        "printf abc >%1$sdry; chown files: %1$sdry; chmod 0640 %1$sdry; mkdir -p %1$sdryd"
            .formatted(HOME));

    assertVerdict(dryGet(HOME + "dry"), "OK", HOME + "dry, 3 bytes, mode 640");
    assertVerdict(dryGet(HOME + "nothing"), "SKIPPED", "does not exist");
    assertVerdict(dryGet(HOME + "dryd"), "SKIPPED", "is a folder");
    assertVerdict(dryGet("/etc/shadow"), "FAILED", "cannot read");
  }

  private JsonNode dryGet(String path) throws Exception {
    return jobs.dry("FT1", "file.get", Map.of("path", path));
  }

  @Test
  void whatIsNoPlaceForAFileIsSaid() throws Exception {
    sshd.sh(
        "mkdir -p " + HOME + "folder; ln -sfn /etc/hosts " + HOME + "link; chown -R files " + HOME);

    assertVerdict(jobs.put("FT1", "x", HOME + "none/x"), "FAILED", "does not exist");
    assertVerdict(jobs.put("FT1", "x", HOME + "folder", "replace=yes"), "FAILED", "is a folder");
    assertVerdict(jobs.put("FT1", "x", HOME + "link", "replace=yes"), "FAILED", "symbolic link");
    assertVerdict(jobs.put("FT2", "x", HOME + "x"), "FAILED", "SFTP");
  }

  @Test
  void aFullDiskOrABrokenLineLeavesNothingHalfDone() throws Exception {
    sshd.sh(
        "mkdir -p %1$ssmall && mount -t tmpfs -o size=64k tmpfs %1$ssmall && printf old >%1$ssmall/f && chown -R files: %1$ssmall"
            .formatted(HOME));
    String large = "0123456789".repeat(50_000);

    assertVerdict(jobs.put("FT1", large, HOME + "small/f", "replace=yes"), "FAILED", "no room");
    assertThat(sshd.sh("cat " + HOME + "small/f; ls -A " + HOME + "small")).isEqualTo("oldf\n");
    assertVerdict(jobs.put("FT3", large, HOME + "cut"), "FAILED", "broke off");
    assertThat(cutting.sh("ls -A " + HOME)).doesNotContain("cut");
    assertThat(FileJobs.leftovers(sshd)).isEmpty();
  }

  @Test
  void whatArrivedDamagedIsNotPut() {
    sshd.sh("printf damaged >/tmp/files-arrived; rm -f /run/never");
    String script =
        FileScripts.install(
            "/run/never", "/tmp/files-arrived", "/run/.fettle-x", "0".repeat(64), "none", "", "");

    assertThat(sshd.sh("( " + script + " ) 2>&1 || echo $?"))
        .isEqualTo("what arrived is not what was sent\n30\n");
    assertThat(sshd.sh("ls -A /run /tmp")).doesNotContain("never", "files-arrived");
  }

  /** Killed between keeping the old one and renaming the new one, both names are one file's. */
  @Test
  void whatWasKilledHalfWayIsPutTheNextTime() {
    sshd.sh(
        "cd /run; rm -f half half.kept; printf old >half; ln half half.kept;"
            + " printf new >/tmp/files-half");
    String old = sshd.sh("sha256sum </run/half").split(" ")[0];
    String fresh = sshd.sh("sha256sum </tmp/files-half").split(" ")[0];
    String script =
        FileScripts.install(
            "/run/half", "/tmp/files-half", "/run/.fettle-h", fresh, old, "/run/half.kept", "");

    assertThat(sshd.sh("( " + script + " ) 2>&1 || echo $?")).isEmpty();
    assertThat(sshd.sh("cat /run/half /run/half.kept; ls -A /run | grep -c fettle-h || :").strip())
        .isEqualTo("newold0");
  }

  @Test
  void aFileIsFetchedAsItIsAndOnlyForItsOwners() throws Exception {
    sshd.sh("printf 'a\\0b' >" + HOME + "fetched; chown files " + HOME + "fetched");
    JsonNode item = jobs.get("FT1", HOME + "fetched");
    assertVerdict(item, "OK", "Fetched");

    JsonNode file = server.get(Role.OPERATOR, FileJobs.path(item) + "/files").json().at("/items/0");
    assertThat(file.get("size").asInt()).isEqualTo(3);
    assertThat(file.get("path").asString()).isEqualTo(HOME + "fetched");
    String content = FileJobs.path(item) + "/items/0/file";
    Answer got = server.get(Role.AUDITOR, content);
    assertThat(got.body()).isEqualTo("a\0b");
    assertThat(got.header("ETag")).contains("\"" + file.get("sha256").asString() + "\"");
    assertThat(got.header("Content-Disposition"))
        .hasValueSatisfying(
            value -> assertThat(value).startsWith("attachment").contains("FT1-fetched"));
    assertThat(listed(FileJobs.path(item) + "/files.zip"))
        .containsExactly("FT1" + HOME + "fetched 3");
    for (String its :
        List.of(content, FileJobs.path(item) + "/files", FileJobs.path(item) + "/files.zip"))
      assertThat(server.send(server.token(Role.OWNER, "team-FT2"), "GET", its, null).status())
          .as(its)
          .isEqualTo(404);
    assertThat(server.send(server.token(Role.OWNER, "team-FT1"), "GET", content, null).status())
        .isEqualTo(200);
    assertThat(server.get(Role.OPERATOR, FileJobs.path(item) + "/items/7/file").status())
        .isEqualTo(404);
  }

  @Test
  void aContentThatIsGoneFromOurDiskIsSaid() throws Exception {
    sshd.sh("printf gone >" + HOME + "gone; chmod 0644 " + HOME + "gone");
    JsonNode item = jobs.get("FT1", HOME + "gone");
    String files = FileJobs.path(item) + "/files";
    String sha256 = server.get(Role.OPERATOR, files).json().at("/items/0/sha256").asString();
    Files.delete(store.file(sha256));

    Answer one = server.get(Role.OPERATOR, FileJobs.path(item) + "/items/0/file");
    assertThat(one.status()).isEqualTo(409);
    assertThat(one.body()).contains(sha256, "fetch it from the machine again");
    assertThat(listed(files + ".zip"))
        .containsExactly(
            "LACKING.txt " + (sha256.length() + "  FT1\n".length() + (HOME + "gone").length()));
  }

  /** Names and sizes in an archive, as unzip sees them after it has tested it. */
  private List<String> listed(String path) throws Exception {
    Path zip = Files.createTempFile("fettle-", ".zip");
    try {
      HttpRequest ask =
          HttpRequest.newBuilder(server.uri(path))
              .header("Authorization", "Bearer " + server.token(Role.AUDITOR))
              .build();
      try (HttpClient http = HttpClient.newHttpClient()) {
        assertThat(http.send(ask, BodyHandlers.ofFile(zip)).statusCode()).isEqualTo(200);
      }
      String list =
          "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None;"
              + " print('\\n'.join('%s %d' % (i.filename, i.file_size) for i in z.infolist()))";
      Process python =
          new ProcessBuilder("python3", "-c", list, zip.toString())
              .redirectErrorStream(true)
              .start();
      return List.of(new String(python.getInputStream().readAllBytes()).split("\n"));
    } finally {
      Files.delete(zip);
    }
  }

  @Test
  void namesInAnArchiveLeadNowhereElse() {
    assertThat(FilesZip.place("..", "/etc/a b")).isEqualTo("_/etc/a b");
    assertThat(FilesZip.place("a/../b", "/x\\..\\y\tz")).isEqualTo("a_.._b/x_.._y_z");
  }

  @Test
  void whatCannotBeFetchedIsSaid() throws Exception {
    sshd.sh(
        "truncate -s 21M " + HOME + "huge; chmod 0644 " + HOME + "huge; mkdir -p " + HOME + "d");

    assertVerdict(jobs.get("FT1", HOME + "nothing"), "FAILED", "does not exist");
    assertVerdict(jobs.get("FT1", HOME + "d"), "FAILED", "is a folder");
    assertVerdict(jobs.get("FT1", HOME + "huge"), "FAILED", "more than");
    assertVerdict(jobs.get("FT1", "/etc/shadow"), "FAILED", "cannot read");
    assertVerdict(jobs.get("FT1", "/etc/shadow", "root=yes"), "OK", "Fetched");
    assertThat(FileJobs.leftovers(sshd)).isEmpty();
  }

  @Test
  void badWishesAreRefusedAndGraveOnesNeedASecondPerson() {
    String sha256 = jobs.give("x");
    assertThat(jobs.refused("file.put", Map.of("file", "0".repeat(64), "to", "/tmp/x")))
        .contains("file");
    assertThat(jobs.refused("file.put", Map.of("file", sha256, "to", "tmp/x")))
        .contains("absolute");
    assertThat(jobs.refused("file.put", Map.of("file", sha256, "to", "/tmp/../etc/x")))
        .contains("absolute");
    assertThat(jobs.refused("file.put", Map.of("file", sha256, "to", "/tmp/x", "mode", "9")))
        .contains("octal");
    assertThat(jobs.refused("file.get", Map.of("path", "x"))).contains("absolute");
    for (String path : List.of("/etc//x", "//etc/x", "/tmp/./x", "/tmp/.", "/etc/..", "/etc/x/"))
      assertThat(jobs.refused("file.put", Map.of("file", sha256, "to", path))).contains("absolute");
    for (String path : List.of("/etc/a\nb", "/etc/a\u0085b", "/etc/a\u2028b"))
      assertThat(jobs.refused("file.get", Map.of("path", path))).contains("absolute");
    assertThat(jobs.refused("file.put", Map.of("file", sha256, "to", "/tmp/x", "mode", 420)))
        .contains("in quotes");
    Map<String, String> back =
        Map.of("file", FileBack.FILE, "to", "/tmp/x", "placed", sha256, "keep", "/etc/shadow");
    assertThat(jobs.refused("file.put", back)).contains("SHA-256");
    for (Map<String, String> with :
        List.of(
            Map.of("file", sha256, "name", "a\u2028b\nc", "to", "/etc/sudoers.d/x"),
            Map.of("file", sha256, "to", "/home/a b/.ssh/authorized_keys"),
            Map.of("file", sha256, "to", "/etc/sudoers.d/x"),
            Map.of("file", sha256, "to", "/home/ann/.ssh/authorized_keys"),
            Map.of("file", sha256, "to", "/opt/x", "mode", "4755"))) {
      Answer waiting = jobs.started("FT1", "file.put", with);
      assertThat(waiting.json().get("state").asString()).as(waiting.body()).isEqualTo("AWAITING");
      server.post(
          Role.OPERATOR, FileJobs.path(waiting.json()) + "/reject", Map.of("reason", "a test"));
    }
  }
}
