package io.fettle.library;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import io.fettle.kernel.Role;
import io.fettle.support.Chromium;
import io.fettle.support.Chromium.Tab;
import io.fettle.support.TestBrowser;
import io.fettle.support.TestBrowser.Seen;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

/** What was pushed with the real {@code git}, on pages and as JSON. */
@LibraryTest
class LibraryPagesTest {
  private static final String HOSTILE = "<script>document.title='pwned'</script>\u202Egnp.sh";

  @Autowired private TestServer server;
  @Autowired private Library library;
  @TempDir Path folder;

  private Git clone(Role role, String name) {
    Git somebody = new Git(folder, folder, server.token(role));
    somebody.ok("clone", "-q", server.uri("/git/scripts.git").toString(), name);
    return somebody.in(folder.resolve(name));
  }

  private void push(Git git, String branch) {
    git.ok("push", "-q", "origin", "HEAD:refs/heads/" + branch);
  }

  private Answer merge(Role role, String branch, String tip, String reason) {
    return server.post(
        role, "/api/v1/library/merge", Map.of("branch", branch, "tip", tip, "reason", reason));
  }

  @Test
  void aChangeIsLookedAtAndMergedBySomebodyElseThanItsPusher() {
    Git git = clone(Role.OPERATOR, "mine");
    String first = git.commit("review/fix.sh", "#!/bin/sh\necho old\n");
    String tip = git.commit("review/fix.sh", "#!/bin/sh\necho new\n");
    push(git, "review");
    TestBrowser admin = new TestBrowser(server);
    admin.signIn("admin", TestServer.ADMIN_PASSWORD);

    assertThat(merge(Role.OPERATOR, "review", tip, "mine").status()).isEqualTo(403);
    assertThat(merge(Role.AUDITOR, "review", tip, "").status()).isEqualTo(403);
    assertThat(merge(Role.ADMINISTRATOR, "review", first, "").status()).isEqualTo(409);
    assertThat(merge(Role.ADMINISTRATOR, "no-such", tip, "").status()).isEqualTo(404);
    Answer asked = server.get(Role.OPERATOR, "/api/v1/library/change?branch=review");
    assertThat(asked.json().at("/may_merge").asBoolean()).isFalse();
    assertThat(asked.json().at("/commits").size()).isEqualTo(2);
    assertThat(admin.get("/library/changes").html().select("tr[data-row] a").eachText())
        .contains("review");
    Seen page = admin.get("/library/change?branch=review");
    assertThat(page.html().select(".is-new").eachText()).contains("+echo new");
    Seen merged =
        admin.submit(
            "/library/change?branch=review",
            "/library/merge",
            "branch",
            "review",
            "tip",
            tip,
            "reason",
            "looked at it");

    assertThat(merged.to()).isEqualTo("/library/commits/" + library.head());
    assertThat(library.script("review/fix.sh", library.head()).bytes()).asString().contains("new");
    git.ok("pull", "-q", "--no-rebase", "origin", "main");
    assertThat(git.ok("log", "-1", "--format=%B"))
        .contains("Merge review", "looked at it", "Merged-by: person:admin", "token:test OPERATOR");
    assertThat(git.ok("ls-remote", "origin", "refs/heads/review")).isEmpty();
    Answer audit = server.get(Role.AUDITOR, "/api/v1/audit?object=refs/heads/main");
    assertThat(audit.json().at("/items/0/actor").asString()).isEqualTo("person:admin");
    assertThat(audit.json().at("/items/0/details/how").asString()).isEqualTo("merge");
    assertThat(admin.get("/library/change?branch=review").status()).isEqualTo(404);
  }

  @Test
  void anAdministratorMergesTheirOwnChangeWithAReasonOnly() {
    Git git = clone(Role.ADMINISTRATOR, "admins");
    String tip = git.commit("own/fix.sh", "true\n");
    push(git, "own");

    assertThat(merge(Role.ADMINISTRATOR, "own", tip, " ").status()).isEqualTo(422);
    Answer merged = merge(Role.ADMINISTRATOR, "own", tip, "nobody else is awake");

    assertThat(merged.status()).isEqualTo(200);
    assertThat(merged.json().get("commit").asString()).isEqualTo(library.head());
  }

  @Test
  void whatBothChangedIsNamedAndNotMerged() {
    Git git = clone(Role.OPERATOR, "mine");
    git.commit("both.sh", "one\n");
    String here = git.ok("rev-parse", "HEAD");
    push(git, "both-1");
    git.ok("reset", "-q", "--hard", "origin/main");
    String there = git.commit("both.sh", "two\n");
    push(git, "both-2");
    assertThat(merge(Role.ADMINISTRATOR, "both-1", here, "a test").status()).isEqualTo(200);
    String before = library.head();

    Answer refused = merge(Role.ADMINISTRATOR, "both-2", there, "a test");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().get("title").asString()).contains("both.sh");
    assertThat(library.head()).isEqualTo(before);
  }

  @Test
  void hostileFilesAreShownAsWhatTheyAre() {
    Git git = clone(Role.OPERATOR, "mine");
    String script = "<script>document.title='pwned'</script>\u001b[2J\u202Eevil\n";
    git.commit(HOSTILE, script);
    git.commit("x/gb.sh", "echo 磁盘清理\n".getBytes(Charset.forName("GB18030")));
    git.commit("x/broken.sh", new byte[] {'e', (byte) 0xff, (byte) 0xfe, '\n'});
    git.commit("x/binary", new byte[] {1, 0, 2, 0});
    git.commit("x/long.sh", "x".repeat(900_000) + "\n");
    git.commit("x/many.sh", "line\n".repeat(60_000));
    git.ok("commit", "-q", "--amend", "-m", "<b onclick=x>\u001b[31mmany</b>");
    push(git, "hostile");
    String commit = git.ok("rev-parse", "HEAD");
    TestBrowser admin = new TestBrowser(server);
    admin.signIn("admin", TestServer.ADMIN_PASSWORD);

    List<String> pages =
        List.of(
            "/library?ref=hostile",
            "/library?ref=hostile&path=" + encoded(HOSTILE),
            "/library/blame?ref=hostile&path=" + encoded(HOSTILE),
            "/library/history?ref=hostile",
            "/library/history?ref=hostile&path=x/gb.sh",
            "/library?ref=hostile&path=x/broken.sh",
            "/library?ref=hostile&path=x/binary",
            "/library?ref=hostile&path=x/long.sh",
            "/library/blame?ref=hostile&path=x/long.sh",
            "/library/blame?ref=hostile&path=x/many.sh",
            "/library/commits/" + commit,
            "/library/change?branch=hostile",
            "/library/changes");
    for (String path : pages) {
      Seen seen = admin.get(path);
      assertThat(seen.status()).as(path).isEqualTo(200);
      assertThat(seen.html().select("main script, main b[onclick]")).as(path).isEmpty();
      assertThat(seen.body()).as(path).doesNotContain("\u001b").doesNotContain("\u202E");
      assertThat(seen.body().length()).as(path).isLessThan(3_000_000);
    }
    Answer gb = server.get(Role.AUDITOR, "/api/v1/library/file?ref=hostile&path=x/gb.sh");
    assertThat(gb.json().get("encoding").asString()).isEqualTo("GB18030");
    assertThat(gb.json().get("text").asString()).isEqualTo("echo 磁盘清理\n");
    assertThat(admin.get("/library?ref=hostile&path=x/gb.sh").html().select("pre").text())
        .contains("磁盘清理");
    Answer cut = server.get(Role.AUDITOR, "/api/v1/library/file?ref=hostile&path=x/long.sh");
    assertThat(cut.json().get("cut").asBoolean()).isTrue();
    assertThat(cut.json().get("size").asLong()).isEqualTo(900_001);
    Answer raw =
        server.get(Role.AUDITOR, "/api/v1/library/raw?ref=hostile&path=" + encoded(HOSTILE));
    assertThat(raw.body()).isEqualTo(script);
    assertThat(raw.header("Content-Disposition").orElse("")).startsWith("attachment");
    assertThat(raw.header("X-Content-Type-Options")).contains("nosniff");
    assertThat(raw.header("Fettle-Commit")).contains(commit);
    for (String missing :
        List.of(
            "tree?ref=nothing",
            "file?path=a/../../x",
            "file?path=/etc/passwd",
            "file?path=a//b",
            "commits/main~1",
            "commits/zzzzzzz",
            "blame?path=x"))
      assertThat(server.get(Role.AUDITOR, "/api/v1/library/" + missing).status())
          .as(missing)
          .isEqualTo(404);
  }

  @Test
  void historyGoesOnWhereThePageBeforeEndedThoughMainMoved() {
    Git git = clone(Role.ADMINISTRATOR, "admins");
    for (int i = 0; i < 3; i++) git.commit("paged/a.sh", "echo " + i + "\n");
    git.ok("push", "-q", "-o", "reason=a test", "origin", "HEAD:main");
    String address = "/api/v1/library/commits?path=paged/a.sh&limit=2";
    Answer first = server.get(Role.AUDITOR, address);
    assertThat(first.json().at("/items").size()).isEqualTo(2);
    git.commit("paged/a.sh", "echo more\n");
    git.ok("push", "-q", "-o", "reason=a test", "origin", "HEAD:main");

    Answer second =
        server.get(Role.AUDITOR, address + "&cursor=" + first.json().get("next").asString());

    assertThat(second.json().at("/items").size()).isEqualTo(1);
    assertThat(second.json().at("/items/0/id").asString()).isEqualTo(git.ok("rev-parse", "HEAD~3"));
    assertThat(server.get(Role.AUDITOR, address + "&cursor=x").status()).isEqualTo(422);
    assertThat(
            server
                .get(Role.AUDITOR, "/api/v1/library/blame?path=paged/a.sh")
                .json()
                .at("/pieces/0/commit/id")
                .asString())
        .isEqualTo(git.ok("rev-parse", "HEAD"));
  }

  @Test
  void onAPhoneInTheDarkInBothLanguagesAChangeIsMergedWithAClick() {
    Git git = clone(Role.OPERATOR, "mine");
    git.commit("browser/" + "long-name-".repeat(12) + ".sh", "echo " + "y".repeat(300) + "\n");
    push(git, "browser");
    try (Chromium chromium = new Chromium()) {
      for (String language : List.of("zh-CN", "en-GB"))
        try (Tab tab = chromium.tab(server.uri("/"), 390, 844, language, ColorScheme.DARK)) {
          tab.signIn("admin", TestServer.ADMIN_PASSWORD);
          for (String path :
              List.of(
                  "/library",
                  "/library?path=README.md",
                  "/library/blame?path=README.md",
                  "/library/history",
                  "/library/commits/" + library.head(),
                  "/library/copies",
                  "/library/changes",
                  "/library/change?branch=browser")) {
            tab.open(path);
            assertThat(tab.overhang()).as(path).isZero();
          }
          if (language.startsWith("en")) {
            tab.page.click("button:has-text('Merge into main')");
            tab.page.waitForURL(url -> url.contains("/library/commits/"));
            assertThat(tab.page.innerText("h1")).isEqualTo("Merge browser");
          }
          assertThat(tab.errors()).isEmpty();
        }
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
