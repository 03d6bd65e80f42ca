package io.fettle.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.fettle.cmdb.Register;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultFilter;
import io.fettle.fault.Faults;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Changed;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.kernel.Viewer;
import io.fettle.monitoring.Observation;
import io.fettle.monitoring.ObservationLog;
import io.fettle.monitoring.check.Reading;
import io.fettle.support.Chromium;
import io.fettle.support.Chromium.Tab;
import io.fettle.support.FettleTest;
import io.fettle.support.TestServer;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;

/** The pages in a real browser, on the whole server. */
@FettleTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowserTest {
  private static final String ADMIN = "admin";
  private static final String HOSTILE =
      "<script>document.title='pwned'</script>\u202Egnp" + "W".repeat(400);
  private static final List<String> PAGES =
      List.of(
          "/",
          "/machines",
          "/faults",
          "/repairs",
          "/tickets",
          "/accounts",
          "/accounts/why",
          "/policies",
          "/host-keys",
          "/import",
          "/health",
          "/people",
          "/find?q=BR0001+nobody");

  private final TestServer server;
  private final Register register;
  private final ObservationLog observations;
  private final Faults faults;
  private final Clock clock;
  private final ApplicationEventPublisher events;
  private @Nullable Chromium chromium;

  @Autowired
  BrowserTest(
      TestServer server,
      Register register,
      ObservationLog observations,
      Faults faults,
      Clock clock,
      ApplicationEventPublisher events) {
    this.server = server;
    this.register = register;
    this.observations = observations;
    this.faults = faults;
    this.clock = clock;
    this.events = events;
  }

  @BeforeAll
  void open() {
    chromium = new Chromium();
    try (Tab tab = tab(1280, 900, "en-GB")) {
      tab.signIn(ADMIN, TestServer.ADMIN_PASSWORD);
      importRows(
          tab,
          "BR0001,BRSN0001,Dell,PowerEdge R710,亦庄 2 号楼,A17,12,127.77.0.1,127.77.1.1,dedicated,搜索组",
          "BR0002,BRSN0002,Supermicro,X10DRi,亦庄 2 号楼,A18,3,127.77.0.2,127.77.1.2,dedicated,"
              + HOSTILE,
          "BR0003,BRSN0003,Dell,R720,大兴,C01,1,300.1.2.3,127.77.1.3,dedicated,广告组");
    }
  }

  @AfterAll
  void close() {
    if (chromium != null) chromium.close();
  }

  @Test
  void signInLeadsToWhereOneWantedToGoAndSignOutEndsIt() {
    try (Tab tab = tab(1280, 900, "en-GB")) {
      tab.open("/machines?q=register.vendor%20==%20'Dell'");
      tab.page.fill("input[name=name]", ADMIN);
      tab.page.fill("input[name=password]", TestServer.ADMIN_PASSWORD);
      tab.page.click("main button");
      tab.page.waitForURL(url -> url.contains("/machines?q="));
      assertThat(tab.page.locator("h1")).containsText("match");

      tab.page.click(".f-top details.f-menu:last-of-type > summary");
      tab.page.click("form[action='/sign-out'] button");
      tab.page.waitForURL(url -> url.contains("/sign-in"));
      tab.open("/machines");
      assertThat(tab.page.url()).contains("/sign-in");
    }
  }

  @Test
  void importReportsTheBadRowAndTheGoodOnesAreThere() {
    try (Tab tab = tab(1280, 900, "zh-CN")) {
      tab.signIn(ADMIN, TestServer.ADMIN_PASSWORD);
      tab.open("/import");
      tab.page.fill(
          "textarea[name=text]",
          table("BR0009,BRSN0009,Dell,R710,大兴,C02,1,127.77.0.9,127.77.1.900,dedicated,广告组"));
      tab.page.click("form:has(textarea) button");
      assertThat(tab.page.locator("h1")).containsText("1 行有问题");
      assertThat(
              tab.page
                  .locator(".f-card", new Page.LocatorOptions().setHasText("127.77.1.900"))
                  .first())
          .isVisible();

      tab.open("/find?q=127.77.0.1");
      tab.page.waitForURL(url -> url.contains("/machines/"));
      assertThat(tab.page.locator("h1")).containsText("BR0001");
      assertThat(tab.page.locator("#machine-facts")).containsText("127.77.1.1");
      assertThat(tab.page.locator("#machine-facts")).containsText("登记");
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void theLanguageIsSwitchedAndKept() {
    try (Tab tab = tab(1280, 900, "en-GB")) {
      tab.signIn(ADMIN, TestServer.ADMIN_PASSWORD);
      assertThat(tab.page.locator(".f-side")).containsText("Machines");

      tab.page.click("header button[lang='zh-CN']");
      assertThat(tab.page.locator(".f-side")).containsText("机器");
      tab.open("/policies");
      assertThat(tab.page.locator("html")).hasAttribute("lang", "zh-CN");

      tab.page.click("header button[lang='en']");
      assertThat(tab.page.url()).endsWith("/policies");
      assertThat(tab.page.locator(".f-side")).containsText("Policies");
    }
  }

  @Test
  void everyPageFitsDeskAndPhoneInBothLanguagesWithoutAnError() {
    for (int width : new int[] {1440, 390})
      for (String locale : List.of("zh-CN", "en-GB"))
        try (Tab tab = tab(width, 844, locale)) {
          tab.signIn(ADMIN, TestServer.ADMIN_PASSWORD);
          for (String path : PAGES) {
            tab.open(path);
            assertThat(tab.page.locator("h1").first()).not().isEmpty();
            assertThat(tab.overhang()).as(path + " at " + width + " in " + locale).isZero();
            assertThat(unlabelled(tab.page)).as(path + ": controls without a name").isEmpty();
          }
          assertThat(tab.errors()).isEmpty();
        }
  }

  @Test
  void hostileTextIsTextAndBreaksNothing() {
    AssetId machine = machine("BR0002");
    fault(machine, "hostile.class", new Label(HOSTILE, HOSTILE));
    for (int width : new int[] {1440, 390})
      try (Tab tab = tab(width, 844, "en-GB")) {
        tab.signIn(ADMIN, TestServer.ADMIN_PASSWORD);
        for (String path : List.of("/machines/" + machine, "/faults?machine=BR0002")) {
          tab.open(path);
          assertThat(tab.page.locator("body")).containsText("<script>");
          assertThat(tab.page.title()).isNotEqualTo("pwned");
          assertThat(tab.overhang()).as(path + " at " + width).isZero();
        }
        assertThat(tab.errors()).isEmpty();
      }
  }

  @Test
  void aListIsAskedForSeldomHoweverMuchHappensAndNeverWhileHidden() {
    try (Tab tab = tab(1280, 900, "en-GB")) {
      tab.signIn(ADMIN, TestServer.ADMIN_PASSWORD);
      tab.open("/machines");
      assertThat(tab.page.locator("html")).hasAttribute("data-stream", "open");
      AtomicInteger asked = new AtomicInteger();
      tab.page.onRequest(request -> {
        if (request.url().endsWith("/machines")) asked.incrementAndGet();
      });

      hints(tab, 7_000);
      assertThat(asked.get()).isBetween(1, 2);

      tab.page.evaluate(
          "Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})");
      asked.set(0);
      hints(tab, 6_000);
      assertThat(asked.get()).isZero();

      tab.page.evaluate(
          "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))");
      tab.page.waitForCondition(() -> asked.get() == 1);
    }
  }

  /** What a busy fleet sends, for as long. */
  private void hints(Tab tab, double millis) {
    long end = System.nanoTime() + (long) (millis * 1e6);
    while (System.nanoTime() < end) {
      events.publishEvent(new Changed("fault", "1"));
      tab.page.waitForTimeout(100);
    }
  }

  @Test
  void theKeyboardFindsGoesAndHelps() {
    try (Tab tab = tab(1280, 900, "en-GB")) {
      tab.signIn(ADMIN, TestServer.ADMIN_PASSWORD);
      tab.page.keyboard().press("/");
      assertThat(tab.page.locator("#f-find")).isFocused();
      tab.page.keyboard().type("BRSN0001");
      assertThat(tab.page.locator("#f-suggest a").first()).containsText("BR0001");
      tab.page.keyboard().press("Enter");
      tab.page.waitForURL(url -> url.contains("/machines/"));

      tab.page.keyboard().press("g");
      tab.page.keyboard().press("m");
      tab.page.waitForURL(url -> url.endsWith("/machines"));
      tab.page.keyboard().press("j");
      assertThat(tab.page.locator("tr.is-cur")).hasCount(1);
      tab.page.keyboard().press("?");
      assertThat(tab.page.locator("#f-help")).isVisible();
    }
  }

  @Test
  void aQueryThatCannotBeReadShowsWhere() {
    try (Tab tab = tab(1280, 900, "en-GB")) {
      tab.signIn(ADMIN, TestServer.ADMIN_PASSWORD);
      tab.open("/machines?q=type%20==%20'server'%20and%20)");
      assertThat(tab.page.locator(".f-caret mark")).hasText(")");
    }
  }

  @Test
  void darkIsDarkFromTheFirstPaint() {
    try (Tab tab = browser().tab(server.uri("/"), 1280, 900, "en-GB", ColorScheme.DARK)) {
      tab.signIn(ADMIN, TestServer.ADMIN_PASSWORD);
      assertThat(tab.page.locator("html")).hasAttribute("data-bs-theme", "dark");
      tab.page.click("form[data-theme] button");
      assertThat(tab.page.locator("html")).hasAttribute("data-bs-theme", "light");
      tab.page.waitForFunction("document.cookie.includes('fettle_theme=light')");
      tab.open("/faults");
      assertThat(tab.page.locator("html")).hasAttribute("data-bs-theme", "light");
    }
  }

  private Chromium browser() {
    return Objects.requireNonNull(chromium);
  }

  private Tab tab(int width, int height, String locale) {
    return browser().tab(server.uri("/"), width, height, locale);
  }

  private static void importRows(Tab tab, String... rows) {
    tab.open("/import");
    tab.page.fill("textarea[name=text]", table(rows));
    tab.page.click("form:has(textarea) button");
    tab.page.click("form[action^='/import/preview/'] button");
    assertThat(tab.page.locator("#import-run .f-pill")).hasText("Done");
  }

  private static String table(String... rows) {
    return "资产号,序列号,厂商,型号,机房,机柜,U位,IP,管理卡IP,管理卡模式,业务负责人\n" + String.join("\n", rows);
  }

  private AssetId machine(String assetNo) {
    return register.find(assetNo, Viewer.system("test")).hits().getFirst().id();
  }

  private Fault fault(AssetId machine, String faultClass, Label summary) {
    Instant now = clock.instant();
    Reading bad = Reading.bad("", Severity.WARNING, summary, Map.of("bytes", "cc 00 data 00"));
    observations.accept(
        List.of(
            new Observation(
                machine, faultClass, faultClass, bad, now.toEpochMilli(), 1, "test", now)));
    FaultFilter open = new FaultFilter(Set.of(), faultClass, machine);
    return faults.list(open, Viewer.system("test"), null, 1).items().getFirst();
  }

  /** Controls that a screen reader could not name. */
  private static List<?> unlabelled(Page page) {
    return (List<?>)
        page.evaluate(
            """
            [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea')]
              .filter((e) => e.offsetParent !== null)
              .filter((e) => !(e.textContent.trim() || e.getAttribute('aria-label') || e.title
                || e.labels?.length))
              .map((e) => e.outerHTML.slice(0, 120))
            """);
  }
}
