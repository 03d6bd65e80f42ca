package io.fettle.batch;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.fettle.cmdb.Imports;
import io.fettle.kernel.Role;
import io.fettle.support.Chromium;
import io.fettle.support.Chromium.Tab;
import io.fettle.support.FettleTest;
import io.fettle.support.Fleet;
import io.fettle.support.RealSshd;
import io.fettle.support.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A job in the browser: looked at, started, followed without a reload, run again where it hung. */
@FettleTest
class JobPagesTest {
  private static final int MACHINES = 14;
  private static final String SCRIPT =
      """
      echo up
      case "$SSH_CONNECTION" in
        *" 127.0.74.4 "*|*" 127.0.74.5 "*) [ -e /tmp/jp-once ] || sleep 60 ;;
        *" 127.0.74.6 "*) echo other; sleep 1 ;;
        *) sleep 1 ;;
      esac
      """;

  @Autowired private TestServer server;
  @Autowired private Imports imports;

  @Test
  void aHungCommandIsKilledAndRunAgainWhereItHungAsOneStory() throws Exception {
    try (RealSshd sshd = Fleet.sshd("127.0.74", MACHINES);
        Chromium browser = new Chromium();
        Tab tab = browser.tab(server.uri("/"), 1280, 900, "en-GB")) {
      sshd.user("bat", "Pw-bat-3");
      sshd.sh("rm -f /tmp/jp-once");
      fleet(sshd);
      Page page = tab.signIn("admin", TestServer.ADMIN_PASSWORD);
      tab.open("/jobs");
      page.locator("main a[href='/jobs/new']").first().click();
      page.fill("main input[name=on]", "placement.rack == 'JP-1'");
      page.fill("main textarea[name=body]", SCRIPT);
      page.fill("main input[name=reason]", "is it up");
      page.locator("#job-order summary").click();
      page.fill("main input[name=steps]", "1,100%");
      page.fill("main input[name=limit]", "4s");
      page.fill("main input[name=stop_at]", "100%");
      page.locator("main form button:has-text('See on')").click();
      assertThat(page.locator("#job-preview .f-big")).hasText("" + MACHINES);
      shoot(tab, "preview");
      page.locator("#job-preview button").click();
      assertThat(page.locator("html")).hasAttribute("data-stream", "open");
      page.evaluate("window.sameDocument = true");

      assertThat(page.locator(".f-racks a.is-busy").first()).isVisible();
      assertThat(page.locator("#job-tail")).containsText("up");
      shoot(tab, "running");
      assertThat(page.locator("#job-head .f-pill")).hasText("done");
      assertThat(page.locator("#job-tail")).isHidden();
      assertThat(page.locator(".f-racks a.is-ok")).hasCount(MACHINES - 2);
      assertThat(page.locator(".f-racks a.is-bad")).hasCount(2);
      assertThat(page.locator("#job-folds .f-diff ins")).hasText("other");
      assertThat(page.evaluate("window.sameDocument")).isEqualTo(true);
      shoot(tab, "done");
      String address = page.url();

      sshd.sh("touch /tmp/jp-once");
      page.locator("button:has-text('killed at limit')").click();
      page.waitForURL(url -> !url.equals(address));
      assertThat(page.locator("#job-head .f-pill")).hasText("done");
      assertThat(page.locator(".f-racks a.is-ok")).hasCount(2);
      tab.open(address.substring(server.uri("/").toString().length() - 1));
      assertThat(page.locator("#job-follow-ups")).containsText("2 of 2 ended, 2 ok");
      page.fill("main input[name=said]", "OTHER");
      page.locator("main form[role=search] button").click();
      assertThat(page.locator("#job-found .f-row")).hasCount(1);
      shoot(tab, "found");
      Map<String, Object> own =
          Map.of("on", "placement.rack == 'JP-1'", "ssh", "echo $SSH_CONNECTION", "reason", "own");
      String id = server.post(Role.OPERATOR, "/api/v1/jobs", own).json().get("id").asString();
      tab.open("/jobs/" + id);
      assertThat(page.locator("#job-head .f-pill")).hasText("done");
      assertThat(page.locator("#job-folds .f-brief")).hasCount(MACHINES);
      assertThat(page.locator("#job-folds .f-diff")).hasCount(0);
      shoot(tab, "own");
      assertThat(tab.errors()).isEmpty();
      onAPhone(browser, address);
      sshd.sh("rm -f /tmp/jp-once");
    }
  }

  private void onAPhone(Chromium browser, String address) throws Exception {
    try (Tab phone = browser.tab(server.uri("/"), 390, 844, "zh-CN", ColorScheme.DARK)) {
      phone.signIn("admin", TestServer.ADMIN_PASSWORD);
      String job = address.replaceAll("\\?.*", "").replaceAll(".*/jobs", "/jobs");
      for (String path : List.of("/jobs", "/jobs/new?on=placement.rack%20%3D%3D%20'JP-1'", job)) {
        phone.open(path);
        assertThat(phone.overhang()).as(path).isZero();
        assertThat(phone.page.locator("main").innerText()).containsPattern("\\p{IsHan}");
        shoot(phone, "phone" + path.replaceAll("\\W+.*", "").length() + path.length());
      }
      Locator words = phone.page.locator("main");
      assertThat(words).containsText("超过限制，已终止");
      assertThat(words).containsText("重跑");
      assertThat(phone.errors()).isEmpty();
    }
  }

  private void fleet(RealSshd sshd) throws Exception {
    StringBuilder csv = new StringBuilder("资产号,序列号,IP,机柜,团队\n");
    for (int i = 1; i <= MACHINES; i++)
      csv.append(
          "JP%02d,SNJP%02d,127.0.74.%d:%d,JP-1,jp\n".formatted(i, i, i, sshd.endpoint().port()));
    Fleet.register(imports, csv.toString());
    Fleet.key(server, sshd, "jobs-pages", "bat", "placement.rack == 'JP-1'");
  }

  private static void shoot(Tab tab, String name) throws Exception {
    Path folder = Files.createDirectories(Path.of("target/shots"));
    tab.page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(folder.resolve("job-" + name + ".png"))
            .setFullPage(true));
  }
}
