package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.fettle.cmdb.Imports;
import io.fettle.kernel.Role;
import io.fettle.support.Chromium;
import io.fettle.support.Chromium.Tab;
import io.fettle.support.FettleTest;
import io.fettle.support.Fleet;
import io.fettle.support.RealSshd;
import io.fettle.support.Shell;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Scripts of the library at a commit, and values of each machine in them, on a real sshd. */
@FettleTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScriptsTest {
  private static final String QUERY = "placement.rack == 'SC-1'";
  private static final String HOSTILE = "it's $(touch hurt) `touch hurt`; \"x\"";

  @Autowired private TestServer server;
  @Autowired private Imports imports;
  @TempDir Path folder;

  private RealSshd sshd;

  @BeforeAll
  void machines() throws Exception {
    sshd = Fleet.sshd("127.0.76", 3);
    sshd.user("bat", "Pw-bat-6");
    StringBuilder csv = new StringBuilder("资产号,序列号,IP,机柜,业务负责人,管理卡IP\n");
    for (int i = 1; i <= 3; i++)
      csv.append(
          "SC%d,SNSC%d,127.0.76.%d:%d,SC-1,\"%s\",%s\n"
              .formatted(
                  i,
                  i,
                  i,
                  sshd.endpoint().port(),
                  HOSTILE.replace("\"", "\"\""),
                  i == 3 ? "" : "10.76.0." + i));
    Fleet.register(imports, csv.toString());
    Fleet.key(server, sshd, "scripts", "bat", QUERY);
  }

  @AfterAll
  void close() {
    sshd.close();
  }

  private static Map<String, Object> wish(String kind, String what) {
    Map<String, Object> wish = new LinkedHashMap<>();
    wish.put("on", QUERY);
    wish.put(kind, what);
    wish.put("reason", "a test");
    wish.put("steps", "100%");
    wish.put("stop_share", 1.0);
    return wish;
  }

  private JsonNode preview(Map<String, Object> wish) {
    Answer answer = server.post(Role.OPERATOR, "/api/v1/jobs/preview", wish);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private String ended(Map<String, Object> wish) throws InterruptedException {
    Answer answer = server.post(Role.OPERATOR, "/api/v1/jobs", wish);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return ended(answer.json().get("id").asString());
  }

  private String ended(String id) throws InterruptedException {
    for (int i = 0; i < 400; i++) {
      JsonNode job = server.get(Role.OPERATOR, "/api/v1/jobs/" + id).json();
      if (job.get("state").asString().equals("ENDED")) return id;
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError(server.get(Role.OPERATOR, "/api/v1/jobs/" + id).body());
  }

  /** By machine: verdict, output and the text it got. */
  private Map<String, List<String>> outcome(String id) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (JsonNode item :
        server.get(Role.OPERATOR, "/api/v1/jobs/" + id + "/items").json().get("items")) {
      JsonNode output =
          server
              .get(Role.OPERATOR, "/api/v1/jobs/" + id + "/items/" + item.get("no").asInt())
              .json();
      StringBuilder said = new StringBuilder();
      output.get("said").forEach(s -> said.append(s.get("text").asString()));
      String text = output.get("text").isNull() ? "" : output.get("text").asString();
      all.put(
          item.get("machine").asString(),
          List.of(item.get("verdict").asString(), said.toString(), text));
    }
    return all;
  }

  @Test
  void eachMachineGetsItsOwnValuesAndOneWithoutIsLeftOut() throws Exception {
    Map<String, Object> wish =
        wish("ssh", "echo {asset_no} {bmc.address} {mode} {ownership.contact}; echo {bmc.adress}");
    wish.put("with", Map.of("mode", "a b"));
    JsonNode preview = preview(wish);
    assertThat(preview.get("machines").asInt()).isEqualTo(2);
    assertThat(preview.at("/skipped/0/reason").asString()).isEqualTo("NO_VALUE");
    assertThat(preview.at("/skipped/0/names/0").asString()).isEqualTo("SC3");
    JsonNode text = preview.get("text");
    assertThat(text.at("/lacking/bmc.address").asInt()).isEqualTo(1);
    assertThat(text.at("/unknown/0").asString()).isEqualTo("bmc.adress");
    assertThat(text.get("machine").asString()).isEqualTo("SC1");

    String id = ended(wish);
    Map<String, List<String>> outcome = outcome(id);
    assertThat(outcome.get("SC1"))
        .containsExactly(
            "OK", "SC1 10.76.0.1 a b " + HOSTILE + "\n{bmc.adress}\n", text.get("sent").asString());
    assertThat(of(outcome, "SC2").get(1)).startsWith("SC2 10.76.0.2 a b ");
    assertThat(of(outcome, "SC3").getFirst()).isEqualTo("SKIPPED");
    assertThat(sshd.sh("ls /home/bat")).doesNotContain("hurt");

    for (Map<String, Object> bad :
        List.of(
            wish("ssh", "echo \"{asset_no}\""),
            with(wish("ssh", "echo hi"), Map.of("mode", "x")),
            with(wish("ssh", "echo {mode}"), Map.of("mode", "a\0b")),
            with(wish("ssh", "echo {asset_no}"), Map.of("asset_no", "mine"))))
      assertThat(server.post(Role.OPERATOR, "/api/v1/jobs", bad).status()).isEqualTo(422);
    Map<String, Object> literal = wish("ssh", "echo \"{asset_no}\"");
    literal.put("literal", true);
    assertThat(of(outcome(ended(literal)), "SC1").get(1)).isEqualTo("{asset_no}\n");
  }

  @Test
  void aValueThatMakesACommandDangerousNeedsASecondPerson() {
    Map<String, Object> wish = with(wish("ssh", "echo rm -rf {where}"), Map.of("where", "/"));
    assertThat(preview(wish).get("dangers")).isNotEmpty();
    wish.put("with", Map.of("where", "/tmp/build"));
    assertThat(preview(wish).get("dangers")).isEmpty();
  }

  private static List<String> of(Map<String, List<String>> outcome, String machine) {
    return outcome.getOrDefault(machine, List.of());
  }

  private static Map<String, Object> with(Map<String, Object> wish, Map<String, String> with) {
    wish.put("with", with);
    return wish;
  }

  @Test
  void aScriptOfTheLibraryRunsAtItsCommitWhateverTheBranchDoesLater() throws Exception {
    Path clone = folder.resolve("clone");
    git(folder, "clone", "-q", server.uri("/git/scripts.git").toString(), clone.toString());
    git(clone, "switch", "-q", "-c", "scripts-test");
    Files.createDirectories(clone.resolve("disk"));
    Files.writeString(
        clone.resolve("disk/who.sh"), "#!/bin/bash\na=(one two); echo ${a[0]} {asset_no}\n");
    Files.write(clone.resolve("raw"), new byte[] {'a', (byte) 0xff});
    String first = push(clone);

    Map<String, Object> wish = wish("library", "disk/who.sh");
    wish.put("commit", "scripts-test");
    assertThat(preview(wish).at("/text/commit").asString()).isEqualTo(first);
    String id = ended(wish);
    JsonNode job = server.get(Role.OPERATOR, "/api/v1/jobs/" + id).json();
    assertThat(job.get("library_path").asString()).isEqualTo("disk/who.sh");
    assertThat(job.get("library_commit").asString()).isEqualTo(first);
    assertThat(job.get("body").asString())
        .isEqualTo(Files.readString(clone.resolve("disk/who.sh")));
    assertThat(of(outcome(id), "SC3").get(1)).isEqualTo("one SC3\n");

    Files.writeString(clone.resolve("disk/who.sh"), "echo changed\n");
    String second = push(clone);
    wish.put("commit", first);
    assertThat(of(outcome(ended(wish)), "SC1").get(1)).isEqualTo("one SC1\n");
    wish.put("commit", second);
    assertThat(of(outcome(ended(wish)), "SC1").get(1)).isEqualTo("changed\n");
    Answer log = server.get(Role.AUDITOR, "/api/v1/audit?object=job:" + id);
    assertThat(log.body()).contains(first).contains("disk/who.sh");

    Map<String, Object> raw = wish("library", "raw");
    raw.put("commit", second);
    assertThat(server.post(Role.OPERATOR, "/api/v1/jobs", raw).status()).isEqualTo(422);
    wish.put("commit", "no-such-branch");
    assertThat(server.post(Role.OPERATOR, "/api/v1/jobs", wish).status()).isEqualTo(404);
  }

  @Test
  void thePageShowsTheFrozenCommitAndTheTextOfTheFirstMachine() throws Exception {
    Path clone = folder.resolve("page");
    git(folder, "clone", "-q", server.uri("/git/scripts.git").toString(), clone.toString());
    git(clone, "switch", "-q", "-c", "scripts-page");
    Files.writeString(clone.resolve("lan.sh"), "echo {bmc.address} {bmc.adress}\n");
    String commit = push(clone, "scripts-page");
    for (ColorScheme look : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      boolean narrow = look == ColorScheme.DARK;
      String language = narrow ? "zh-CN" : "en-GB";
      try (Chromium browser = new Chromium();
          Tab tab = browser.tab(server.uri("/"), narrow ? 390 : 1280, 900, language, look)) {
        Page page = tab.signIn("admin", TestServer.ADMIN_PASSWORD);
        tab.open("/jobs/new?kind=library&on=placement.rack%20%3D%3D%20'SC-1'");
        page.fill("input[name=library]", "lan.sh");
        page.fill("input[name=commit]", "scripts-page");
        page.fill("main input[name=reason]", "a look");
        page.locator("main form .f-btn2.is-go").click();
        PlaywrightAssertions.assertThat(page.locator("#job-preview pre"))
            .containsText("fettle_bmc__address='10.76.0.1'");
        PlaywrightAssertions.assertThat(page.locator("input[name=commit]")).hasValue(commit);
        assertThat(tab.overhang()).isZero();
        shoot(page, "preview-" + language);
        page.locator("#job-preview button").click();
        page.locator("#job-what summary").click();
        PlaywrightAssertions.assertThat(page.locator("#job-what a"))
            .hasAttribute("href", "/library?ref=" + commit + "&path=lan.sh");
        PlaywrightAssertions.assertThat(page.locator("#job-head .f-pill"))
            .hasText(narrow ? "完成" : "done");
        shoot(page, "job-" + language);
        page.locator(".f-racks a.is-ok").first().click();
        page.locator("#item-text summary").click();
        PlaywrightAssertions.assertThat(page.locator("#item-text pre"))
            .containsText("fettle_bmc__address='10.76.0.");
        assertThat(tab.errors()).isEmpty();
      }
    }
  }

  private static void shoot(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(Path.of("target/shots/scripts-" + name + ".png"))
            .setFullPage(true));
  }

  private String push(Path clone) {
    return push(clone, "scripts-test");
  }

  private String push(Path clone, String branch) {
    git(clone, "add", "-A");
    git(clone, "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "a script");
    git(clone, "push", "-q", "origin", branch);
    return git(clone, "rev-parse", "HEAD").strip();
  }

  private String git(Path in, String... words) {
    String token = server.token(Role.OPERATOR);
    String basic =
        Base64.getEncoder().encodeToString(("t:" + token).getBytes(StandardCharsets.UTF_8));
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                "git",
                "-C",
                in.toString(),
                "-c",
                "http.extraHeader=Authorization: Basic " + basic));
    command.addAll(List.of(words));
    return Shell.run(command.toArray(String[]::new));
  }
}
