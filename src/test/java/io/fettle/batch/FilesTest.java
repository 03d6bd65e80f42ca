package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.Imports;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Role;
import io.fettle.support.FettleTest;
import io.fettle.support.RealSshd;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
    without = RealSshd.start();
    cutting = RealSshd.start("Subsystem sftp /bin/sh " + cut);
    StringBuilder csv = new StringBuilder("资产号,序列号,IP,机柜,团队\n");
    for (var one : Map.of("FT1", sshd, "FT2", without, "FT3", cutting).entrySet()) {
      one.getValue().user("files", "Pw-files-1");
      one.getValue().sudoers("files ALL=(ALL) NOPASSWD: ALL");
      csv.append(
          "%1$s,SN%1$s,%2$s,FT-1,team-%1$s\n".formatted(one.getKey(), one.getValue().endpoint()));
      credential(one.getKey(), one.getValue());
    }
    Path file = Files.createTempFile("files", ".csv");
    Files.writeString(file, csv);
    imports.apply(file, "files.csv", new Actor(Actor.Kind.PERSON, "ann"));
    Files.delete(file);
  }

  private void credential(String machine, RealSshd there) {
    Map<String, Object> credential =
        Map.of(
            "kind",
            "ssh-key",
            "name",
            "files-" + machine,
            "user",
            "files",
            "secret",
            new String(there.key()),
            "for",
            "asset_no == '" + machine + "'");
    Answer answer = server.post(Role.ADMINISTRATOR, "/api/v1/credentials", credential);
    assertThat(answer.status()).as(answer.body()).isLessThan(300);
  }

  @AfterAll
  void close() throws Exception {
    Files.delete(cut);
    sshd.close();
    without.close();
    cutting.close();
  }

  private String give(String content) {
    Answer answer =
        server.send(
            HttpRequest.newBuilder(server.uri("/api/v1/files?name=a.conf"))
                .header("Authorization", "Bearer " + server.token(Role.OPERATOR))
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofString(content)));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    assertThat(answer.json().get("size").asLong())
        .isEqualTo(content.getBytes(StandardCharsets.UTF_8).length);
    return answer.json().get("sha256").asString();
  }

  private Answer started(String machine, String action, Map<String, String> with) {
    Map<String, Object> wish = new LinkedHashMap<>();
    wish.put("on", "asset_no == '" + machine + "'");
    wish.put("action", action);
    wish.put("with", with);
    wish.put("reason", "a test");
    wish.put("stop_share", 1.0);
    return server.post(Role.OPERATOR, "/api/v1/jobs", wish);
  }

  private JsonNode put(String machine, String content, String to, String... more) throws Exception {
    Map<String, String> with = new LinkedHashMap<>(Map.of("file", give(content), "to", to));
    for (String one : more) with.put(one.split("=")[0], one.split("=")[1]);
    return ended(started(machine, "file.put", with));
  }

  private JsonNode get(String machine, String path, String... more) throws Exception {
    Map<String, String> with = new LinkedHashMap<>(Map.of("path", path));
    for (String one : more) with.put(one.split("=")[0], one.split("=")[1]);
    return ended(started(machine, "file.get", with));
  }

  private JsonNode ended(Answer started) throws InterruptedException {
    assertThat(started.status()).as(started.body()).isEqualTo(201);
    String path = "/api/v1/jobs/" + started.json().get("id").asString();
    for (int i = 0; i < 600; i++) {
      JsonNode job = server.get(Role.OPERATOR, path).json();
      if (job.get("state").asString().equals("ENDED")) return item(job);
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError(server.get(Role.OPERATOR, path).body());
  }

  private JsonNode item(JsonNode job) {
    JsonNode item = server.get(Role.OPERATOR, path(job) + "/items").json().at("/items/0");
    return ((tools.jackson.databind.node.ObjectNode) item).put("job", job.get("id").asString());
  }

  private static String path(JsonNode job) {
    return "/api/v1/jobs/" + (job.has("job") ? job.get("job") : job.get("id")).asString();
  }

  private static void assertVerdict(JsonNode item, String verdict, String why) {
    assertThat(item.get("verdict").asString()).as(item.toString()).isEqualTo(verdict);
    assertThat(item.at("/why/en").asString()).as(item.toString()).contains(why);
  }

  private String leftovers(RealSshd there) {
    return there.sh("find " + HOME + " /etc -name '.fettle-*' 2>/dev/null; true").strip();
  }

  @Test
  void aFileIsPutWholeAndASecondTimeLeftAlone() throws Exception {
    String to = HOME + "it's a 文件.conf";

    assertVerdict(put("FT1", "eins\n", to, "mode=0640"), "OK", "same checksum");
    assertThat(sshd.sh("cat \"" + to + "\"; stat -c %a,%U \"" + to + "\""))
        .isEqualTo("eins\n640,files\n");
    assertVerdict(put("FT1", "eins\n", to, "mode=0640"), "OK", "The same already");
    assertThat(leftovers(sshd)).isEmpty();
  }

  @Test
  void anotherFileIsReplacedOnlyWhenAskedAndCanBePutBack() throws Exception {
    String to = HOME + "replaced";
    sshd.sh("printf old >" + to + " && chown files " + to + " && chmod 0604 " + to);

    assertVerdict(put("FT1", "new", to), "FAILED", "replace=yes");
    assertThat(sshd.sh("cat " + to)).isEqualTo("old");
    JsonNode replaced = put("FT1", "new", to, "replace=yes");
    assertVerdict(replaced, "OK", "");
    assertThat(sshd.sh("cat " + to + "; stat -c ,%a " + to)).isEqualTo("new,604\n");

    sshd.sh("printf touched >" + to);
    assertVerdict(undo(replaced), "FAILED", "changed it since");
    sshd.sh("printf new >" + to);
    assertVerdict(undo(replaced), "OK", "Put back");
    assertThat(sshd.sh("cat " + to + "; ls " + HOME)).startsWith("old").doesNotContain(".fettle-");
  }

  private JsonNode undo(JsonNode item) throws Exception {
    return ended(server.post(Role.OPERATOR, path(item) + "/undo", Map.of("reason", "a test")));
  }

  @Test
  void rootsFileIsPutThroughSudo() throws Exception {
    assertVerdict(put("FT1", "hello\n", "/etc/files-test.conf"), "FAILED", "no right to write");
    assertVerdict(put("FT1", "hello\n", "/etc/files-test.conf", "root=yes"), "OK", "");
    assertThat(sshd.sh("cat /etc/files-test.conf; stat -c %a,%U /etc/files-test.conf"))
        .isEqualTo("hello\n644,root\n");
    assertThat(leftovers(sshd)).isEmpty();
  }

  @Test
  void whatIsNoPlaceForAFileIsSaid() throws Exception {
    sshd.sh(
        "mkdir -p " + HOME + "folder; ln -sfn /etc/hosts " + HOME + "link; chown -R files " + HOME);

    assertVerdict(put("FT1", "x", HOME + "none/x"), "FAILED", "does not exist");
    assertVerdict(put("FT1", "x", HOME + "folder", "replace=yes"), "FAILED", "is a folder");
    assertVerdict(put("FT1", "x", HOME + "link", "replace=yes"), "FAILED", "symbolic link");
    assertVerdict(put("FT2", "x", HOME + "x"), "FAILED", "SFTP");
  }

  @Test
  void aFullDiskOrABrokenLineLeavesNothingHalfDone() throws Exception {
    sshd.sh(
        "mkdir -p %1$ssmall && mount -t tmpfs -o size=64k tmpfs %1$ssmall && printf old >%1$ssmall/f && chown -R files %1$ssmall"
            .formatted(HOME));
    String large = "0123456789".repeat(50_000);

    assertVerdict(put("FT1", large, HOME + "small/f", "replace=yes"), "FAILED", "no room");
    assertThat(sshd.sh("cat " + HOME + "small/f; ls -A " + HOME + "small")).isEqualTo("oldf\n");
    assertVerdict(put("FT3", large, HOME + "cut"), "FAILED", "broke off");
    assertThat(cutting.sh("ls -A " + HOME)).doesNotContain("cut");
    assertThat(leftovers(sshd)).isEmpty();
  }

  @Test
  void whatArrivedDamagedIsNotPut() {
    sshd.sh("printf damaged >/tmp/files-arrived; rm -f " + HOME + "never");
    String script =
        FileScripts.install(
            HOME + "never",
            "/tmp/files-arrived",
            HOME + ".fettle-x",
            "0".repeat(64),
            "none",
            "",
            "");

    assertThat(sshd.sh("( " + script + " ) 2>&1 || echo $?"))
        .isEqualTo("what arrived is not what was sent\n30\n");
    assertThat(sshd.sh("ls -A " + HOME + " /tmp")).doesNotContain("never", "files-arrived");
  }

  @Test
  void aFileIsFetchedAsItIsAndOnlyForItsOwners() throws Exception {
    sshd.sh("printf 'a\\0b' >" + HOME + "fetched; chown files " + HOME + "fetched");
    JsonNode item = get("FT1", HOME + "fetched");
    assertVerdict(item, "OK", "Fetched");

    JsonNode file = server.get(Role.OPERATOR, path(item) + "/files").json().at("/items/0");
    assertThat(file.get("size").asInt()).isEqualTo(3);
    assertThat(file.get("path").asString()).isEqualTo(HOME + "fetched");
    String content = path(item) + "/items/0/file";
    Answer got = server.get(Role.AUDITOR, content);
    assertThat(got.body()).isEqualTo("a\0b");
    assertThat(got.header("ETag")).contains("\"" + file.get("sha256").asString() + "\"");
    assertThat(got.header("Content-Disposition"))
        .hasValueSatisfying(
            value -> assertThat(value).startsWith("attachment").contains("FT1-fetched"));
    for (String its : List.of(content, path(item) + "/files"))
      assertThat(server.send(server.token(Role.OWNER, "team-FT2"), "GET", its, null).status())
          .as(its)
          .isEqualTo(404);
    assertThat(server.send(server.token(Role.OWNER, "team-FT1"), "GET", content, null).status())
        .isEqualTo(200);
    assertThat(server.get(Role.OPERATOR, path(item) + "/items/7/file").status()).isEqualTo(404);
  }

  @Test
  void whatCannotBeFetchedIsSaid() throws Exception {
    sshd.sh(
        "truncate -s 21M " + HOME + "huge; chmod 0644 " + HOME + "huge; mkdir -p " + HOME + "d");

    assertVerdict(get("FT1", HOME + "nothing"), "FAILED", "does not exist");
    assertVerdict(get("FT1", HOME + "d"), "FAILED", "is a folder");
    assertVerdict(get("FT1", HOME + "huge"), "FAILED", "more than");
    assertVerdict(get("FT1", "/etc/shadow"), "FAILED", "cannot read");
    assertVerdict(get("FT1", "/etc/shadow", "root=yes"), "OK", "Fetched");
    assertThat(leftovers(sshd)).isEmpty();
  }

  @Test
  void badWishesAreRefusedAndGraveOnesNeedASecondPerson() {
    String sha256 = give("x");
    assertThat(refused("file.put", Map.of("file", "0".repeat(64), "to", "/tmp/x")))
        .contains("file");
    assertThat(refused("file.put", Map.of("file", sha256, "to", "tmp/x"))).contains("absolute");
    assertThat(refused("file.put", Map.of("file", sha256, "to", "/tmp/../etc/x")))
        .contains("absolute");
    assertThat(refused("file.put", Map.of("file", sha256, "to", "/tmp/x", "mode", "9")))
        .contains("octal");
    assertThat(refused("file.get", Map.of("path", "x"))).contains("absolute");
    for (Map<String, String> with :
        List.of(
            Map.of("file", sha256, "to", "/etc/sudoers.d/x"),
            Map.of("file", sha256, "to", "/home/ann/.ssh/authorized_keys"),
            Map.of("file", sha256, "to", "/opt/x", "mode", "4755"))) {
      Answer waiting = started("FT1", "file.put", with);
      assertThat(waiting.json().get("state").asString()).as(waiting.body()).isEqualTo("AWAITING");
      server.post(Role.OPERATOR, path(waiting.json()) + "/reject", Map.of("reason", "a test"));
    }
  }

  private String refused(String action, Map<String, String> with) {
    Answer answer = started("FT1", action, with);
    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    return answer.body();
  }
}
