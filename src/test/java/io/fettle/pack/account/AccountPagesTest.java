package io.fettle.pack.account;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.fettle.cmdb.Imports;
import io.fettle.cmdb.Register;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.monitoring.Monitoring;
import io.fettle.remediation.Remediation;
import io.fettle.support.Chromium;
import io.fettle.support.Chromium.Tab;
import io.fettle.support.FettleTest;
import io.fettle.support.RealSshd;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;

/** The pages of accounts in a real browser, about a real sshd. */
@FettleTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccountPagesTest {
  private static final String HOSTILE = "</dd><script>document.title='pwned'</script>";

  private final TestServer server;
  private final Imports imports;
  private final Register register;
  private final Monitoring monitoring;
  private final Remediation remediation;
  private @Nullable RealSshd sshd;
  private @Nullable Chromium chromium;

  @Autowired
  AccountPagesTest(
      TestServer server,
      Imports imports,
      Register register,
      Monitoring monitoring,
      Remediation remediation) {
    this.server = server;
    this.imports = imports;
    this.register = register;
    this.monitoring = monitoring;
    this.remediation = remediation;
  }

  @BeforeAll
  void start() throws Exception {
    chromium = new Chromium();
    sshd = RealSshd.start();
    sshd.rootKey();
    sshd.user("pia", "Pw-pia-9");
    sshd.user("bob", "Pw-bob-9");
    sshd.sh(
        "chmod 777 /home/bob; chage -d 0 bob; printf '%s\\n' \""
            + HOSTILE
            + "\" >/etc/sudoers.d/z; chmod 440 /etc/sudoers.d/z");
    Path file = Files.createTempFile("pages", ".csv");
    Files.writeString(
        file,
        "资产号,序列号,IP,业务负责人\nACP-1,SNACP1,%s,支付组\nACP-2,SNACP2,127.77.9.9,搜索组\n"
            .formatted(sshd.endpoint()));
    imports.apply(file, "a.csv", new Actor(Actor.Kind.PERSON, "ann"));
    Files.delete(file);
    Map<String, String> credential =
        Map.of(
            "kind",
            "ssh-key",
            "name",
            "acp-root",
            "user",
            "root",
            "secret",
            new String(sshd.key()),
            "for",
            "asset_no == 'ACP-1'");
    server.post(Role.ADMINISTRATOR, "/api/v1/credentials", credential);
    String yaml =
        """
        for: asset_no in ['ACP-1', 'ACP-2']
        set:
          accounts:
            - {name: pia, shell: /bin/sh, expires: 2099-01-01, proof: login, keys: ['KEY']}
            - {name: bob, sudo: true, keys: ['KEY']}
        """
            .replace("KEY", sshd.publicKey());
    Answer declared = server.send(server.adminToken(), "POST", "/api/v1/accounts", yaml);
    assertThat(declared.status()).as(declared.body()).isEqualTo(201);
    for (int i = 0; i < 300 && !declaredOn(machine("ACP-1")); i++) Thread.sleep(100);
    monitoring.probe(machine("ACP-1"), Accounts.CHECK);
  }

  @AfterAll
  void stop() {
    if (chromium != null) chromium.close();
    if (sshd != null) sshd.close();
  }

  private AssetId machine(String assetNo) {
    return register.find(assetNo, Viewer.system("test")).hits().getFirst().id();
  }

  private boolean declaredOn(AssetId id) {
    return register.machine(id).orElseThrow().at("intent.accounts").size() == 2;
  }

  private Tab tab(int width, String locale, @Nullable ColorScheme scheme) {
    if (chromium == null) throw new IllegalStateException();
    Tab tab = chromium.tab(server.uri("/"), width, 900, locale, scheme);
    tab.signIn("admin", TestServer.ADMIN_PASSWORD);
    return tab;
  }

  private static void ask(Tab tab, String user, String machine) {
    tab.open("/accounts/why?user=" + user);
    tab.page.fill("#why-machine", machine);
    tab.page.click(".f-ask button");
  }

  @Test
  void theListSaysOnHowManyMachinesAndTheFilterNarrowsIt() {
    // A visit of the server's own may have come while another test kept the proof from being made.
    monitoring.probe(machine("ACP-1"), Accounts.CHECK);
    try (Tab tab = tab(1280, "en-GB", null)) {
      tab.open("/");
      tab.page.click(".f-side a[href='/accounts']");
      assertThat(tab.page.locator("h1")).containsText("declared; shut out in");
      assertThat(row(tab, "bob")).containsText("asset_no in ['ACP-1', 'ACP-2']");
      assertThat(row(tab, "bob").locator("td.f-num")).hasText(new String[] {"1", "1", "0"});
      assertThat(row(tab, "pia").locator("td.f-num")).hasText(new String[] {"0", "1", "1"});
      assertThat(row(tab, "pia")).containsText("real log-in");

      tab.page.click(".f-chips a[href^='/accounts?state=shut']");
      assertThat(row(tab, "bob")).isVisible();
      assertThat(row(tab, "pia")).not().isVisible();
      tab.open("/accounts?q=pia");
      assertThat(tab.page.locator("#account-rows tbody tr")).hasCount(1);
      assertThat(tab.errors()).isEmpty();
    }
  }

  private static com.microsoft.playwright.Locator row(Tab tab, String name) {
    return tab.page
        .locator(
            "#account-rows tbody tr",
            new Page.LocatorOptions().setHas(tab.page.locator("b:text-is('" + name + "')")))
        .first();
  }

  @Test
  void whyIsAnsweredInOneStepWithTheProofUsed() {
    try (Tab tab = tab(1280, "en-GB", null)) {
      ask(tab, "pia", "SNACP1");
      assertThat(tab.page.locator("h1")).hasText("pia can log in to ACP-1.");
      assertThat(tab.page.locator("#why-proof h2")).hasText("Proof used: real log-in");
      assertThat(tab.page.locator("#why-proof")).containsText("(pia) gid=");
      tab.page.click("#why-proof summary");
      assertThat(tab.page.locator("#why-proof pre")).containsText("restrict,command=\"id\"");

      ask(tab, "bob", "ACP-1");
      assertThat(tab.page.locator("h1")).hasText("bob cannot log in to ACP-1: 3 causes.");
      assertThat(tab.page.locator("#why-causes")).containsText("/home/bob, owner");
      assertThat(tab.page.locator("#why-causes .f-pill.is-busy")).hasCount(1);
      assertThat(tab.page.locator("#why-causes .f-pill.is-person")).hasCount(2);
      assertThat(tab.page.locator("#why-causes")).containsText("To do:");
      assertThat(tab.page.locator("#why-proof h2")).hasText("Proof used: without secrets");
      assertThat(tab.page.title()).isNotEqualTo("pwned");

      ask(tab, "pia", "nobody-holds-this");
      assertThat(tab.page.locator("[role=alert]")).containsText("nobody-holds-this");
      ask(tab, "pia", "ACP-2");
      assertThat(tab.page.locator("h1")).hasText("ACP-2 could not be asked.");
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void whileFrozenItOnlyLooksAndSaysSo() {
    remediation.setFreeze(true, "test", Actor.system("test"));
    try (Tab tab = tab(1280, "zh-CN", null)) {
      ask(tab, "pia", "ACP-1");
      assertThat(tab.page.locator("[role=alert]")).containsText("全局冻结中");
      assertThat(tab.page.locator("h1")).containsText("pia 可以登录 ACP-1");
      assertThat(tab.page.locator("#why-proof h2")).hasText("证明方式：不用密钥和密码");
      assertThat(tab.errors()).isEmpty();
    } finally {
      remediation.setFreeze(false, "test", Actor.system("test"));
    }
  }

  @Test
  void theProofIsInTheRecord() {
    try (Tab tab = tab(1280, "en-GB", null)) {
      ask(tab, "pia", "ACP-1");
      assertThat(tab.page.locator("h1")).hasText("pia can log in to ACP-1.");
    }
    assertThat(server.get(Role.AUDITOR, "/api/v1/audit").body())
        .contains("account.login_proof_begun")
        .contains("account.login_proof_ended")
        .contains("account:pia@ACP-1");
  }

  @Test
  void theyFitDeskAndPhoneInBothLanguagesLightAndDark() throws Exception {
    String shots = System.getProperty("shots");
    for (int width : new int[] {1440, 390})
      for (String locale : List.of("zh-CN", "en-GB"))
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK))
          try (Tab tab = tab(width, locale, scheme)) {
            String name = width + "-" + locale + "-" + scheme + ".png";
            tab.open("/accounts");
            assertThat(tab.overhang()).as("/accounts at " + width).isZero();
            if (shots != null) shot(tab, Path.of(shots, "accounts-" + name));
            ask(tab, "bob", "ACP-1");
            tab.page.waitForSelector("#why-causes");
            assertThat(tab.overhang()).as("/accounts/why at " + width).isZero();
            if (shots != null) shot(tab, Path.of(shots, "why-" + name));
            if (shots != null && scheme == ColorScheme.LIGHT) {
              ask(tab, "pia", "ACP-1");
              tab.page.waitForSelector(".f-asking >> visible=true");
              shot(tab, Path.of(shots, "asking-" + name));
              tab.page.waitForSelector("#why-proof");
              shot(tab, Path.of(shots, "proof-" + name));
            }
            if (shots == null) assertThat(tab.errors()).isEmpty();
          }
  }

  /** For eyes; a screenshot itself sets a style that the policy reports. */
  private static void shot(Tab tab, Path file) {
    tab.page.screenshot(new Page.ScreenshotOptions().setPath(file).setFullPage(true));
  }
}
