package io.fettle.batch;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.fettle.cmdb.Imports;
import io.fettle.kernel.Role;
import io.fettle.support.Chromium;
import io.fettle.support.Chromium.Tab;
import io.fettle.support.FettleTest;
import io.fettle.support.Fleet;
import io.fettle.support.IpmiSim;
import io.fettle.support.RealSshd;
import io.fettle.support.Shell;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/**
 * One command for ten cards: real ipmi_sim cards behind the ipmitool of ten machines of a real
 * sshd; what a card is set to is told by ipmitool, never by Fettle.
 */
@FettleTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ActionJobsTest {
  private static final int CARDS = 10;
  private static final int FAILOVER = 8;
  private static final int AS_WANTED = 9;
  private static final int NO_LICENCE = 10;
  private static final String QUERY = "placement.rack == 'AJ-1'";

  @Autowired private TestServer server;
  @Autowired private Imports imports;

  private RealSshd sshd;
  private List<IpmiSim> cards;

  @BeforeAll
  void tenCards() throws Exception {
    cards = IpmiSim.start(CARDS);
    sshd = Fleet.sshd("127.0.79", CARDS);
    sshd.user("aj", "Pw-aj-1");
    sshd.sudoers("Defaults env_keep += SSH_CONNECTION");
    sshd.sudoers("aj ALL=(ALL) NOPASSWD: ALL");
    tools();
    StringBuilder csv = new StringBuilder("资产号,序列号,IP,管理卡IP,机柜\n");
    for (int i = 1; i <= CARDS; i++) csv.append(row("AJ%02d".formatted(i), i, "AJ-1"));
    csv.append("AJNONE,SNAJNONE,127.0.79.11,,AJ-2\n");
    csv.append(row("AJSHUT", 11, "AJ-3"));
    Fleet.register(imports, csv.toString());
    credential("ssh-key", "aj", new String(sshd.key()), "placement.rack in ['AJ-1', 'AJ-2']");
  }

  @AfterAll
  void close() {
    cards.forEach(IpmiSim::close);
    sshd.close();
  }

  private String row(String asset, int i, String rack) {
    String bmc = i > CARDS ? "127.0.2.250:623" : cards.get(i - 1).endpoint().toString();
    return asset
        + ",SN"
        + asset
        + ",127.0.79."
        + i
        + ":"
        + sshd.endpoint().port()
        + ","
        + bmc
        + ","
        + rack
        + "\n";
  }

  /** Each machine's ipmitool leads to its own card. */
  private void tools() {
    StringBuilder way = new StringBuilder("#!/bin/sh\ncase ${SSH_CONNECTION% *} in\n");
    for (int i = 1; i <= CARDS; i++)
      way.append(
          "*\" 127.0.79.%d\") exec /run/ipmitool.real -I lanplus -C 3 -N 1 -R 2 -H %s -p %d -U system -P fettle-in \"$@\" ;;\n"
              .formatted(
                  i, cards.get(i - 1).endpoint().host(), cards.get(i - 1).endpoint().port()));
    sshd.sh(
        "cp /usr/bin/ipmitool /run/ipmitool.real\ncat >/run/ipmitool <<'E'\n"
            + way
            + "esac\nexit 1\nE\nchmod 755 /run/ipmitool\nmount --bind /run/ipmitool /usr/bin/ipmitool\n");
  }

  private void credential(String kind, String user, String secret, String query) {
    Answer answer =
        server.post(
            Role.ADMINISTRATOR,
            "/api/v1/credentials",
            Map.of(
                "kind", kind, "name", "aj-" + kind, "user", user, "secret", secret, "for", query));
    assertThat(answer.status()).as(answer.body()).isLessThan(300);
  }

  private IpmiSim card(int no) {
    return cards.get(no - 1);
  }

  /** The mode's byte by ipmitool itself. */
  private String mode(int no) {
    IpmiSim card = card(no);
    return Shell.tryRun(
            List.of(
                "/usr/bin/ipmitool",
                "-I",
                "lanplus",
                "-C",
                "3",
                "-H",
                card.endpoint().host(),
                "-p",
                "" + card.endpoint().port(),
                "-U",
                IpmiSim.USER,
                "-P",
                IpmiSim.PASSWORD,
                "raw",
                "0x30",
                "0x25"))
        .out()
        .strip();
  }

  private List<String> modes() {
    return IntStream.rangeClosed(1, CARDS).mapToObj(this::mode).toList();
  }

  private void set(int no, int value) {
    card(no).oem("nic11", value);
  }

  private static Map<String, Object> wish(String query, String action) {
    Map<String, Object> wish = new LinkedHashMap<>();
    wish.put("on", query);
    wish.put("action", action);
    wish.put("with", Map.of("mode", "dedicated"));
    wish.put("reason", "ten tickets");
    wish.put("stop_share", 1.0);
    return wish;
  }

  private JsonNode ended(Answer started) throws InterruptedException {
    assertThat(started.status()).as(started.body()).isEqualTo(201);
    String id = started.json().get("id").asString();
    for (int i = 0; i < 900; i++) {
      JsonNode job = server.get(Role.OPERATOR, "/api/v1/jobs/" + id).json();
      if (job.get("state").asString().equals("ENDED")) return job;
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError(server.get(Role.OPERATOR, "/api/v1/jobs/" + id).body());
  }

  private JsonNode ends(Map<String, Object> wish) throws InterruptedException {
    return ended(server.post(Role.OPERATOR, "/api/v1/jobs", wish));
  }

  private JsonNode undone(String id) throws InterruptedException {
    return ended(server.post(Role.OPERATOR, "/api/v1/jobs/" + id + "/undo", Map.of()));
  }

  private Map<String, String> verdicts(String id) {
    Map<String, String> verdicts = new LinkedHashMap<>();
    for (JsonNode item :
        server.get(Role.OPERATOR, "/api/v1/jobs/" + id + "/items").json().get("items"))
      verdicts.put(
          item.get("machine").asString(),
          item.get("verdict").asString() + " " + item.at("/why/en").asString());
    return verdicts;
  }

  @Test
  void tenCardsAreLookedAtSetReadBackAndPutBackEachToWhatItWas() throws Exception {
    for (int i = 1; i <= CARDS; i++) set(i, 0);
    set(FAILOVER, 1);
    set(AS_WANTED, 2);
    card(NO_LICENCE).oem("licence", 0);
    List<String> before = modes();
    assertThat(before).containsExactly("00", "00", "00", "00", "00", "00", "00", "01", "02", "00");

    List<List<String>> written = cards.stream().map(IpmiSim::journal).toList();
    dryRunSaysWhatWouldBeDoneAndWritesNothing();
    assertThat(modes()).isEqualTo(before);
    assertThat(cards.stream().map(IpmiSim::journal).toList()).isEqualTo(written);

    JsonNode job = ends(wish(QUERY, "bmc.set_nic_mode"));
    String id = job.get("id").asString();
    Map<String, String> verdicts = verdicts(id);
    assertThat(modes()).containsExactly("02", "02", "02", "02", "02", "02", "02", "02", "02", "00");
    assertThat(verdicts.get("AJ01")).isEqualTo("OK NIC mode set to dedicated and read back");
    assertThat(verdicts.get("AJ09")).isEqualTo("OK NIC mode was dedicated already");
    assertThat(card(AS_WANTED).journal()).isEmpty();
    assertThat(verdicts.get("AJ10")).startsWith("FAILED").contains("licence");
    assertThat(job.get("undoable").asInt()).isEqualTo(8);

    JsonNode undo = undone(id);
    String back = undo.get("id").asString();
    assertThat(undo.get("undo_of").asString()).isEqualTo(id);
    assertThat(modes()).isEqualTo(before);
    assertThat(verdicts(back).keySet())
        .containsExactlyInAnyOrder("AJ01", "AJ02", "AJ03", "AJ04", "AJ05", "AJ06", "AJ07", "AJ08");
    assertThat(verdicts(back).values())
        .allMatch(v -> v.startsWith("OK ") && v.contains("read back"));
    assertThat(card(AS_WANTED).journal()).isEmpty();
    JsonNode first = server.get(Role.OPERATOR, "/api/v1/jobs/" + id).json();
    assertThat(first.get("undoable").asInt()).isZero();
    assertThat(first.get("undos").values().stream().map(JsonNode::asString)).containsExactly(back);
    Answer again = server.post(Role.OPERATOR, "/api/v1/jobs/" + id + "/undo", Map.of());
    assertThat(again.status()).isEqualTo(409);
    assertThat(server.get(Role.AUDITOR, "/api/v1/audit?object=job:" + back).body()).contains(id);

    anUndoIsUndoneAndLeavesAloneWhatSomebodyChangedSince(back);
  }

  private void dryRunSaysWhatWouldBeDoneAndWritesNothing() throws InterruptedException {
    Map<String, Object> wish = wish(QUERY, "bmc.set_nic_mode");
    wish.put("dry_run", true);
    wish.remove("reason");
    String id = ends(wish).get("id").asString();
    JsonNode folds = server.get(Role.OPERATOR, "/api/v1/jobs/" + id + "/folds").json().get("items");
    assertThat(folds).hasSize(3);
    assertThat(folds.at("/0/machines").asInt()).isEqualTo(8);
    assertThat(folds.at("/0/said/0/text").asString())
        .isEqualTo("- NIC mode: shared\n+ NIC mode: dedicated\n→ netfn 30 cmd 24 data 02\n");
    assertThat(folds.toString()).contains("- NIC mode: failover");
    assertThat(verdicts(id).get("AJ09"))
        .isEqualTo("OK Nothing would be done: NIC mode was dedicated already");
    assertThat(server.post(Role.OPERATOR, "/api/v1/jobs/" + id + "/undo", Map.of()).status())
        .isEqualTo(409);
  }

  /** Card 1 is set to another mode by hand between the two. */
  private void anUndoIsUndoneAndLeavesAloneWhatSomebodyChangedSince(String undo)
      throws InterruptedException {
    set(1, 3);

    String id = undone(undo).get("id").asString();

    assertThat(modes()).containsExactly("03", "02", "02", "02", "02", "02", "02", "02", "02", "00");
    assertThat(verdicts(id).get("AJ01"))
        .isEqualTo("FAILED it was changed to failover since and is left so");
  }

  @Test
  void whatNoWayLeadsToIsLeftOutBeforeAnythingRuns() {
    Map<String, Object> command = wish("placement.rack in ['AJ-2', 'AJ-3']", "");
    command.remove("action");
    command.remove("with");
    command.put("ssh", "true");
    assertThat(skipped(command)).isEqualTo(Map.of("NO_SSH_ACCOUNT", List.of("AJSHUT")));
    Map<String, Object> logIn =
        wish("placement.rack in ['AJ-2', 'AJ-3'] or asset_no == 'AJ01'", "bmc.restore_login");
    assertThat(skipped(logIn))
        .isEqualTo(
            Map.of(
                "NO_SSH_ACCOUNT", List.of("AJSHUT"),
                "NO_CARD_ADDRESS", List.of("AJNONE"),
                "NO_CARD_SECRET", List.of("AJ01")));
    Map<String, Object> mode = wish("placement.rack in ['AJ-2', 'AJ-3']", "bmc.set_nic_mode");
    assertThat(skipped(mode)).isEqualTo(Map.of("NO_SSH_ACCOUNT", List.of("AJSHUT")));
    assertThat(server.post(Role.OPERATOR, "/api/v1/jobs", logIn).status()).isEqualTo(422);
  }

  private Map<String, List<String>> skipped(Map<String, Object> wish) {
    Map<String, List<String>> skipped = new LinkedHashMap<>();
    for (JsonNode one :
        server.post(Role.OPERATOR, "/api/v1/jobs/preview", wish).json().get("skipped"))
      skipped.put(
          one.get("reason").asString(),
          one.get("names").values().stream().map(JsonNode::asString).toList());
    return skipped;
  }

  @Test
  void onThePagesItIsLookedAtDoneAndTakenBack() throws Exception {
    for (int i = 3; i <= 5; i++) set(i, 0);
    set(5, 2);
    try (Chromium browser = new Chromium();
        Tab tab = browser.tab(server.uri("/"), 1280, 900, "en-GB", ColorScheme.DARK);
        Tab phone = browser.tab(server.uri("/"), 390, 844, "zh-CN")) {
      Page page = tab.signIn("admin", TestServer.ADMIN_PASSWORD);
      phone.signIn("admin", TestServer.ADMIN_PASSWORD);
      tab.open("/jobs/new");
      page.fill("main input[name=on]", "asset_no in ['AJ03', 'AJ04', 'AJ05']");
      page.selectOption("main select[name=kind]", "action");
      page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)");
      page.selectOption("main select[name=action]", "bmc.set_nic_mode");
      page.fill("main textarea[name=with]", "mode=dedicated");
      page.fill("main input[name=reason]", "three tickets");
      page.locator("main form button:has-text('See on')").click();
      shoot(tab, "action-preview");
      page.locator("#job-preview button[name=dry]").click();
      assertThat(page.locator("#job-head .f-pill")).hasText("done");
      assertThat(page.locator("#job-folds .f-diff ins")).hasText("NIC mode: dedicated");
      assertThat(page.locator("#job-folds .f-diff del")).hasText("NIC mode: shared");
      assertThat(mode(3)).isEqualTo("00");
      shoot(tab, "action-dry");
      onAPhone(phone, page, "action-dry");

      page.locator("#job-head button:has-text('Prepare the job')").click();
      assertThat(page.locator("#job-preview .f-big")).hasText("3");
      page.locator("#job-preview button:has-text('Start on 3')").click();
      assertThat(page.locator("#job-head .f-pill")).hasText("done");
      assertThat(mode(3)).isEqualTo("02");
      shoot(tab, "action-done");
      onAPhone(phone, page, "action-done");

      page.locator("#job-head button:has-text('Undo on 2 machines')").click();
      assertThat(page.locator("#job-head")).containsText("takes back");
      assertThat(page.locator("#job-head .f-pill")).hasText("done");
      assertThat(page.locator(".f-racks a.is-ok")).hasCount(2);
      shoot(tab, "action-undone");
      page.locator("#job-head a:has-text('J-')").last().click();
      assertThat(page.locator("#job-follow-ups")).containsText("undo: 2 of 2 ended, 2 ok");
      assertThat(page.locator("#job-head button:has-text('Undo')")).hasCount(0);
      page.locator(".f-racks a").first().click();
      assertThat(page.locator("#item-output")).containsText("Puts back what was there before");
      shoot(tab, "action-item");
      assertThat(tab.errors()).isEmpty();
      assertThat(phone.errors()).isEmpty();
    }
    assertThat(List.of(mode(3), mode(4), mode(5))).containsExactly("00", "00", "02");
  }

  private static void onAPhone(Tab phone, Page page, String name) throws Exception {
    phone.open(page.url().replaceAll(".*/jobs", "/jobs"));
    assertThat(phone.overhang()).as(name).isZero();
    shoot(phone, name + "-phone");
  }

  private static void shoot(Tab tab, String name) throws Exception {
    Path folder = Files.createDirectories(Path.of("target/shots"));
    tab.page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(folder.resolve("job-" + name + ".png"))
            .setFullPage(true));
  }
}
