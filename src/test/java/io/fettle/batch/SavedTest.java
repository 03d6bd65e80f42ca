package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.fettle.cmdb.Imports;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.support.Chromium;
import io.fettle.support.Chromium.Tab;
import io.fettle.support.FettleTest;
import io.fettle.support.Fleet;
import io.fettle.support.RealSshd;
import io.fettle.support.TestBrowser;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import io.fettle.web.HealthPart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.JsonNode;

/** Jobs under a name: values, second person, owners, and times that are taken exactly once. */
@FettleTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SavedTest {
  private static final String ALL = "placement.rack == 'SV-1'";
  private static final String NAMES = "/api/v1/saved-jobs";

  @Autowired private TestServer server;
  @Autowired private Imports imports;
  @Autowired private JdbcClient jdbc;
  @Autowired private TransactionOperations transactions;
  @Autowired private Turns turns;
  @Autowired private TimetableHealth timetables;
  @Autowired private JobsAfterRestore afterRestore;

  private RealSshd sshd;

  @BeforeAll
  void machines() throws Exception {
    sshd = Fleet.sshd("127.0.77", 2);
    sshd.user("bat", "Pw-bat-7");
    StringBuilder csv = new StringBuilder("资产号,序列号,IP,机柜,团队\n");
    for (int i = 1; i <= 2; i++)
      csv.append(
          "SV%d,SNSV%d,127.0.77.%d:%d,SV-1,sv-%d\n".formatted(i, i, i, sshd.endpoint().port(), i));
    Fleet.register(imports, csv.toString());
    Fleet.key(server, sshd, "saved", "bat", ALL);
  }

  @AfterAll
  void close() {
    sshd.close();
  }

  private static Map<String, Object> keeping(String name, String command, String... parameters) {
    Map<String, Object> keeping = new LinkedHashMap<>();
    keeping.put("name", name);
    keeping.put(
        "job",
        Map.of("on", ALL, "ssh", command, "reason", "a test", "steps", "100%", "stop_share", 1.0));
    keeping.put("parameters", List.of(parameters));
    return keeping;
  }

  private JsonNode save(Map<String, Object> keeping) {
    Answer answer = server.post(Role.OPERATOR, NAMES, keeping);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private Answer start(String name, Map<String, String> set) {
    return server.post(Role.OPERATOR, NAMES + "/" + name + "/start", Map.of("set", set));
  }

  private JsonNode ended(JsonNode started) throws InterruptedException {
    assertThat(started.get("id")).as(started.toString()).isNotNull();
    String path = "/api/v1/jobs/" + started.get("id").asString();
    for (int i = 0; i < 400; i++) {
      JsonNode job = server.get(Role.OPERATOR, path).json();
      if (job.get("state").asString().equals("ENDED")) return job;
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError(server.get(Role.OPERATOR, path).body());
  }

  private String said(JsonNode job) {
    return server
        .get(Role.OPERATOR, "/api/v1/jobs/" + job.get("id").asString() + "/folds")
        .json()
        .at("/items/0/said/0/text")
        .asString();
  }

  @Test
  void itStartsWithCheckedValuesThatStayValues() throws Exception {
    Map<String, Object> keeping =
        keeping(
            "values",
            "printf '%s.' {days} {mode} {note}",
            "days:number=7",
            "mode:choice(a|b)=a",
            "note");
    JsonNode saved = save(keeping);
    assertThat(saved.at("/parameters/1/choices/1").asString()).isEqualTo("b");

    String hostile = "it's $(touch hurt); `touch hurt`";
    JsonNode job = ended(start("values", Map.of("note", hostile, "mode", "b")).json());
    assertThat(job.get("saved").asString()).isEqualTo("values");
    assertThat(said(job)).isEqualTo("7.b." + hostile + ".");
    assertThat(sshd.sh("ls /home/bat")).doesNotContain("hurt");

    for (Map<String, String> bad :
        List.of(
            Map.<String, String>of(),
            Map.of("note", "x", "mode", "c"),
            Map.of("note", "x", "days", "7; reboot"),
            Map.of("note", "x", "other", "y")))
      assertThat(start("values", bad).status()).as(bad.toString()).isEqualTo(422);
    Answer preview =
        server.post(Role.OPERATOR, NAMES + "/values/preview", Map.of("set", Map.of("note", "x")));
    assertThat(preview.json().get("machines").asInt()).isEqualTo(2);
    assertThat(preview.json().at("/text/sent").asString()).contains("fettle_note='x'\n");

    assertThat(save(keeping).get("version").asInt()).isEqualTo(2);
    JsonNode jobs = server.get(Role.OPERATOR, NAMES + "/values/jobs").json().get("items");
    assertThat(jobs).hasSize(1);
    assertThat(server.send(server.token(Role.OPERATOR), "DELETE", NAMES + "/values", null).status())
        .isEqualTo(204);
    assertThat(start("values", Map.of("note", "x")).status()).isEqualTo(404);
  }

  @Test
  void whatCouldNotStartLaterIsNotSaved() {
    for (Map<String, Object> bad :
        List.of(
            keeping("Bad Name", "true"),
            keeping("unused", "true", "days:number"),
            keeping("usual", "echo {days}", "days:number=soon"),
            keeping("quoted", "echo '{days}'", "days"),
            keeping("twice", "echo {days}", "days", "days"),
            keeping("field", "echo {asset_no}", "asset_no"),
            with(keeping("zone", "true"), Map.of("cron", "0 3 * * *")),
            with(keeping("cron", "true"), Map.of("cron", "soon", "zone", "UTC")),
            with(keeping("most", "true"), Map.of("most", 0)),
            with(
                keeping("asks", "echo {days}", "days"),
                Map.of("cron", "0 3 * * *", "zone", "UTC"))))
      assertThat(server.post(Role.OPERATOR, NAMES, bad).status()).as(bad.toString()).isEqualTo(422);
    assertThat(server.post(Role.OWNER, NAMES, keeping("owner", "true")).status()).isEqualTo(403);
  }

  private static Map<String, Object> with(Map<String, Object> keeping, Map<String, Object> more) {
    keeping.putAll(more);
    return keeping;
  }

  @Test
  void whatIsDangerousIsAgreedToOnceForThisText() throws Exception {
    JsonNode saved = save(keeping("danger", ": shutdown {when}", "when=now"));
    assertThat(saved.get("waits").asBoolean()).isTrue();
    assertThat(start("danger", Map.of()).status()).isEqualTo(409);
    String approve = NAMES + "/danger/approve";
    assertThat(server.post(Role.OPERATOR, approve, Map.of()).status()).isEqualTo(403);
    TestBrowser admin = new TestBrowser(server);
    admin.signIn("admin", TestServer.ADMIN_PASSWORD);
    admin.submit("/jobs/saved/danger", "/jobs/saved/danger/approve", "version", "1");

    JsonNode job = ended(start("danger", Map.of()).json());
    assertThat(job.get("approved_by").asString()).contains("admin");
    assertThat(job.at("/verdicts/OK").asInt()).isEqualTo(2);

    assertThat(save(keeping("danger", ": shutdown {when}", "when=now")).get("waits").asBoolean())
        .as("the same once more")
        .isFalse();
    Map<String, Map<String, Object>> wider =
        Map.of(
            "wide-most", Map.of("most", 1_000),
            "wide-times", Map.of("cron", "0 3 * * *", "zone", "UTC"),
            "wide-teams", Map.of("teams", List.of("another")));
    for (String name : wider.keySet()) {
      Map<String, Object> small =
          with(keeping(name, ": shutdown {when}", "when=now"), Map.of("most", 2));
      save(small);
      admin.submit("/jobs/saved/" + name, "/jobs/saved/" + name + "/approve", "version", "1");
      assertThat(save(small).get("waits").asBoolean()).as(name).isFalse();
      JsonNode widened = save(with(small, wider.getOrDefault(name, Map.of())));
      assertThat(widened.get("waits").asBoolean()).as(name).isTrue();
    }

    JsonNode other = start("danger", Map.of("when", "now; reboot")).json();
    assertThat(other.get("state").asString()).as("a value brings new danger").isEqualTo("AWAITING");
    server.post(
        Role.OPERATOR,
        "/api/v1/jobs/" + other.get("id").asString() + "/reject",
        Map.of("reason", "not meant"));
    assertThat(save(keeping("danger", ": shutdown -r {when}", "when=now")).get("waits").asBoolean())
        .isTrue();
  }

  @Test
  void aStepOfARunbookIsShownAndIsNotForgotten() throws Exception {
    save(keeping("stepped", "echo {days}", "days:number=7"));
    Path file = server.home().resolve("conf/runbooks/stepped.yml");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        name: saved-test-step
        label: {zh: 测试, en: A test}
        steps:
          - {action: job.run, params: {job: stepped, days: 2}}
        """);
    try {
      runbooks("stepped", "saved-test-step");
      String operator = server.token(Role.OPERATOR);
      Answer forget = server.send(operator, "DELETE", NAMES + "/stepped", null);
      assertThat(forget.status()).isEqualTo(409);
      assertThat(forget.body()).contains("a step of the runbook saved-test-step");
      try (Chromium browser = new Chromium();
          Tab phone = browser.tab(server.uri("/"), 390, 844, "zh-CN", ColorScheme.DARK)) {
        phone.signIn("admin", TestServer.ADMIN_PASSWORD);
        phone.open("/jobs/saved/stepped");
        PlaywrightAssertions.assertThat(phone.page.locator("main .f-kv"))
            .containsText("saved-test-step");
        assertThat(phone.overhang()).isZero();
        phone.page.locator("main .is-danger").click();
        PlaywrightAssertions.assertThat(phone.page.locator("main .f-error"))
            .containsText("saved-test-step");
        shoot(phone.page, "stepped-zh");
      }
      Answer byHand =
          server.post(
              Role.OPERATOR,
              "/api/v1/jobs",
              Map.of("on", ALL, "action", "job.run", "with", Map.of("job", "x"), "reason", "no"));
      assertThat(byHand.status()).as("by hand the job itself is started").isEqualTo(422);
    } finally {
      Files.delete(file);
    }
    runbooks("stepped", null);
    assertThat(
            server.send(server.token(Role.OPERATOR), "DELETE", NAMES + "/stepped", null).status())
        .isEqualTo(204);
  }

  private void runbooks(String name, @Nullable String runbook) throws InterruptedException {
    for (int i = 0; i < 200; i++) {
      JsonNode all = server.get(Role.OPERATOR, NAMES + "/" + name).json().get("runbooks");
      if (runbook == null ? all.isEmpty() : all.toString().contains(runbook)) return;
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError("runbooks of " + name);
  }

  @Test
  void anOwnerStartsWhatIsOpenToTheTeamOnTheirOwnMachinesOnly() throws Exception {
    save(with(keeping("team", "echo hi"), Map.of("teams", List.of("sv-1"))));
    save(keeping("closed", "echo hi"));
    String owner = server.token(Role.OWNER, "sv-1", "sv-2");
    Answer started = server.send(owner, "POST", NAMES + "/team/start", "{}");
    assertThat(started.status()).as(started.body()).isEqualTo(201);
    JsonNode job = ended(started.json());
    assertThat(job.get("machines").asInt()).isEqualTo(1);
    Answer outside =
        server.send(owner, "POST", NAMES + "/team/start", "{\"on\":\"true) or (true\"}");
    assertThat(outside.status()).isEqualTo(422);
    assertThat(server.send(owner, "GET", NAMES + "/closed", null).status()).isEqualTo(404);
    assertThat(server.send(owner, "POST", NAMES + "/closed/start", "{}").status()).isEqualTo(404);
    JsonNode names = server.send(owner, "GET", NAMES, null).json().get("items");
    assertThat(names.findValuesAsString("name")).contains("team").doesNotContain("closed");
  }

  private static Map<String, Object> hourly(Map<String, Object> keeping) {
    return with(keeping, Map.of("cron", "0 * * * *", "zone", "Asia/Shanghai"));
  }

  private static Map<String, Object> onOne(String machine) {
    String on = "asset_no == '" + machine + "'";
    return Map.of("job", Map.of("on", on, "ssh", "echo hi", "reason", "a test"));
  }

  private void due(String name, Instant at) {
    jdbc.sql("update batch.saved_job set next_at = :at where name = :name")
        .param("at", Timestamp.from(at))
        .param("name", name)
        .update();
  }

  private int jobsOf(String name) {
    return jdbc.sql("select count(*) from batch.job where saved = :name")
        .param("name", name)
        .query(Integer.class)
        .single();
  }

  private JsonNode turn(String name) throws InterruptedException {
    for (int i = 0; i < 200; i++) {
      JsonNode all = server.get(Role.OPERATOR, NAMES + "/" + name + "/turns").json().get("items");
      if (!all.isEmpty()) return all.get(0);
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError("no turn of " + name);
  }

  @Test
  void afterARestoreNothingIsDoneASecondTime() throws Exception {
    save(hourly(keeping("restored", "echo hi")));
    Map<String, Object> wish =
        Map.of(
            "on", ALL, "ssh", "echo x >>ran", "reason", "a test", "steps", "1,100%", "pause", "1h");
    JsonNode begun = server.post(Role.OPERATOR, "/api/v1/jobs", wish).json();
    String path = "/api/v1/jobs/" + begun.get("id").asString();
    for (int i = 0; i < 200; i++) {
      if (server.get(Role.OPERATOR, path).json().at("/verdicts/OK").asInt() == 1) break;
      TimeUnit.MILLISECONDS.sleep(50);
    }
    JsonNode waiting =
        server
            .post(
                Role.OPERATOR,
                "/api/v1/jobs",
                Map.of("on", "asset_no == 'SV1'", "ssh", ": shutdown now", "reason", "a test"))
            .json();
    assertThat(waiting.get("state").asString()).isEqualTo("AWAITING");
    transactions.executeWithoutResult(t -> {
      due("restored", Clock.systemUTC().instant().minusSeconds(60));
      afterRestore.restored(Instant.EPOCH);
    });

    JsonNode job = ended(begun);
    assertThat(job.get("verdicts").toString()).isEqualTo("{\"OK\":1,\"UNKNOWN\":1}");
    assertThat(ended(waiting).get("verdicts").toString())
        .as("it may have been agreed to since")
        .isEqualTo("{\"UNKNOWN\":1}");
    assertThat(sshd.sh("cat /home/bat/ran").lines()).hasSize(1);
    Answer rerun = server.post(Role.OPERATOR, path + "/rerun", Map.of("reason", "the missed"));
    assertThat(rerun.status()).as(rerun.body()).isBetween(400, 499);
    assertThat(
            server
                .get(Role.AUDITOR, "/api/v1/audit?object=job:" + begun.get("id").asString())
                .body())
        .as("who stopped it")
        .contains("job.stopped", "Restored from a backup of 1970");
    JsonNode turn = turn("restored");
    assertThat(turn.get("outcome").asString()).isEqualTo("MISSED");
    assertThat(turn.toString()).contains("Restored from a backup of 1970");
    assertThat(jobsOf("restored")).isZero();
  }

  @Test
  void aTimeIsTakenOnceByHoweverManyNodesAndWhateverDies() throws Exception {
    JsonNode saved = save(hourly(keeping("hourly", "echo hi")));
    assertThat(Instant.parse(saved.get("next").asString())).isAfter(Clock.systemUTC().instant());
    Instant minuteAgo = Clock.systemUTC().instant().minusSeconds(60);
    transactions.executeWithoutResult(t -> {
      due("hourly", minuteAgo);
      turns.take();
      assertThat(jobsOf("hourly")).isEqualTo(1);
      t.setRollbackOnly();
    });
    assertThat(jobsOf("hourly")).as("died before the commit").isZero();

    due("hourly", minuteAgo);
    try (ExecutorService nodes = Executors.newFixedThreadPool(4)) {
      List<Future<?>> looks = new ArrayList<>();
      for (int i = 0; i < 8; i++) looks.add(nodes.submit(turns::take));
      for (Future<?> look : looks) look.get();
    }
    JsonNode turn = turn("hourly");
    assertThat(turn.get("outcome").asString()).isEqualTo("STARTED");
    assertThat(jobsOf("hourly")).isEqualTo(1);
    JsonNode after = server.get(Role.OPERATOR, NAMES + "/hourly").json();
    assertThat(Instant.parse(after.get("next").asString())).isAfter(Clock.systemUTC().instant());
    String id =
        server.get(Role.OPERATOR, NAMES + "/hourly/jobs").json().at("/items/0/id").asString();
    assertThat(ended(server.get(Role.OPERATOR, "/api/v1/jobs/" + id).json()).get("by").asString())
        .isEqualTo("system:timetable hourly");
  }

  @Test
  void aTimeThatIsTooLateOrCannotStartIsReportedAndDoesNothing() throws Exception {
    save(with(keeping("late", "echo hi"), Map.of("cron", "0 0 1 1 *", "zone", "Asia/Shanghai")));
    Instant now = Clock.systemUTC().instant();
    due("late", now.minus(Duration.ofHours(3)));
    assertThat(turn("late").get("outcome").asString()).isEqualTo("MISSED");
    assertThat(timetables.each().get("late"))
        .matches(state -> !state.ok() && state.why().en().startsWith("job late missed its time"));
    assertThat(jobsOf("late")).isZero();

    save(hourly(with(keeping("many", "echo hi"), Map.of("most", 1))));
    due("many", now);
    JsonNode refused = turn("many");
    assertThat(refused.get("outcome").asString()).isEqualTo("REFUSED");
    assertThat(refused.at("/why/en").asString()).contains("2 machines");
    assertThat(jobsOf("many")).isZero();
    assertThat(timetables.each().get("many"))
        .matches(state -> !state.ok() && state.why().en().contains("2 machines"));
    assertThat(timetables.check().ok()).isFalse();
    save(hourly(keeping("many", "echo hi")));
    assertThat(timetables.each().get("many")).as("until it starts").matches(s -> !s.ok());
    due("many", now.plusMillis(1));
    for (int i = 0; i < 200 && jobsOf("many") == 0; i++) TimeUnit.MILLISECONDS.sleep(50);
    assertThat(timetables.each().get("many")).matches(HealthPart.State::ok);
    ended(server.get(Role.OPERATOR, NAMES + "/many/jobs").json().at("/items/0"));

    save(hourly(keeping("busy", "sleep 5")));
    JsonNode first = start("busy", Map.of()).json();
    due("busy", now);
    assertThat(turn("busy").get("outcome").asString()).isEqualTo("OVERLAPPED");
    assertThat(jobsOf("busy")).isEqualTo(1);
    assertThat(timetables.each().get("busy")).matches(HealthPart.State::ok);
    for (int i = 1; i < 3; i++) {
      due("busy", now.plusMillis(i));
      turns.take();
    }
    assertThat(timetables.each().get("busy"))
        .matches(state -> !state.ok() && state.why().en().contains("3 times in a row"));
    ended(first);
    Answer log = server.get(Role.AUDITOR, "/api/v1/audit?object=saved-job:busy");
    assertThat(log.body()).contains("saved-job.saved").contains("saved-job.overlapped");
    for (String name : List.of("late", "many"))
      server.send(server.token(Role.OPERATOR), "DELETE", NAMES + "/" + name, null);
    assertThat(timetables.each()).doesNotContainKeys("late", "many");
  }

  @Test
  void oneThatCannotBeStoredHoldsUpNoOther() throws Exception {
    save(hourly(with(keeping("a-broken", ""), onOne("SV1"))));
    save(hourly(with(keeping("b-whole", ""), onOne("SV2"))));
    jdbc.sql(
            """
            create function batch.refuse() returns trigger language plpgsql as
              $$ begin if new.saved = 'a-broken' then raise 'a test''s'; end if; return new; end $$
            """)
        .update();
    jdbc.sql(
            "create trigger refuse before insert on batch.job for each row execute function batch.refuse()")
        .update();
    Instant now = Clock.systemUTC().instant();
    try {
      due("a-broken", now.minusSeconds(2));
      due("b-whole", now.minusSeconds(1));
      turns.take();
      assertThat(turn("b-whole").get("outcome").asString()).isEqualTo("STARTED");
      assertThat(server.get(Role.OPERATOR, NAMES + "/a-broken/turns").json().get("items"))
          .isEmpty();
    } finally {
      jdbc.sql("drop function batch.refuse() cascade").update();
    }
    assertThat(turn("a-broken").get("outcome").asString())
        .as("it was still due")
        .isEqualTo("STARTED");
    for (String name : List.of("a-broken", "b-whole")) {
      ended(server.get(Role.OPERATOR, NAMES + "/" + name + "/jobs").json().at("/items/0"));
      server.send(server.token(Role.OPERATOR), "DELETE", NAMES + "/" + name, null);
    }
  }

  @Test
  void thePageSavesLooksAndStarts() throws Exception {
    try (Chromium browser = new Chromium();
        Tab tab = browser.tab(server.uri("/"), 1280, 900, "en-GB")) {
      Page page = tab.signIn("admin", TestServer.ADMIN_PASSWORD);
      tab.open("/jobs/new");
      page.fill("main input[name=on]", ALL);
      page.fill("main textarea[name=body]", "echo {days} {asset_no}");
      page.fill("main input[name=reason]", "a look");
      page.locator("#job-save summary").click();
      page.fill("main input[name=name]", "by-page");
      page.fill("main textarea[name=parameters]", "days:number=7\nmode:choice(a|b)");
      page.fill("main input[name=cron]", "30 3 * * 1-5");
      page.fill("main input[name=zone]", "Asia/Shanghai");
      page.locator("#job-save button").click();
      PlaywrightAssertions.assertThat(page.locator("main .f-error")).isVisible();
      page.fill("main textarea[name=parameters]", "days:number=7");
      page.locator("#job-save button").click();
      PlaywrightAssertions.assertThat(page.locator("main h1")).hasText("by-page");
      page.fill("#saved-start input[name=p_days]", "9");
      page.locator("#saved-start button").click();
      PlaywrightAssertions.assertThat(page.locator("#saved-preview .f-big")).hasText("2");
      shoot(page, "one-en");
      page.locator("#saved-start button").last().click();
      PlaywrightAssertions.assertThat(page.locator("#job-head .f-pill")).hasText("done");
      PlaywrightAssertions.assertThat(page.locator("#job-folds")).containsText("9 SV1");
      tab.open("/jobs/saved/by-page/edit");
      PlaywrightAssertions.assertThat(page.locator("main textarea[name=parameters]"))
          .hasValue("days:number=7");
      assertThat(tab.errors()).isEmpty();
    }
    try (Chromium browser = new Chromium();
        Tab phone = browser.tab(server.uri("/"), 390, 844, "zh-CN", ColorScheme.DARK)) {
      phone.signIn("admin", TestServer.ADMIN_PASSWORD);
      for (String path :
          List.of("/jobs/saved", "/jobs/saved/by-page", "/jobs/saved/by-page/edit")) {
        phone.open(path);
        assertThat(phone.overhang()).as(path).isZero();
        shoot(phone.page, "zh" + path.length());
      }
      assertThat(phone.errors()).isEmpty();
    }
  }

  private static void shoot(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(Path.of("target/shots/saved-" + name + ".png"))
            .setFullPage(true));
  }

  @Test
  void timesAreReadInTheirZoneAndCountedWhenMissed() {
    Timetable night = Timetable.of("30 2 * * *", "Europe/Berlin");
    assertThat(night.next(Instant.parse("2026-07-01T00:00:00Z")))
        .contains(Instant.parse("2026-07-01T00:30:00Z"));
    List<Instant> spring = new ArrayList<>();
    Instant at = Instant.parse("2026-03-27T12:00:00Z");
    for (int i = 0; i < 3; i++) spring.add(at = night.next(at).orElseThrow());
    assertThat(spring).doesNotHaveDuplicates();
    assertThat(Duration.between(spring.getFirst(), spring.getLast()))
        .isBetween(Duration.ofHours(46), Duration.ofHours(48));
    List<Instant> autumn = new ArrayList<>();
    at = Instant.parse("2026-10-24T12:00:00Z");
    for (int i = 0; i < 2; i++) autumn.add(at = night.next(at).orElseThrow());
    assertThat(Duration.between(autumn.getFirst(), autumn.getLast()))
        .as("once, though it is half past two twice")
        .isBetween(Duration.ofHours(24), Duration.ofHours(25));

    assertThat(
            Timetable.of("0 * * * *", "Europe/Berlin").next(Instant.parse("2026-10-25T00:00:00Z")))
        .contains(Instant.parse("2026-10-25T01:00:00Z"));

    Timetable hourly = Timetable.of("0 * * * *", "UTC");
    Timetable.Due due =
        hourly.due(Instant.parse("2026-01-01T01:00:00Z"), Instant.parse("2026-01-01T04:10:00Z"));
    assertThat(due.latest()).isEqualTo(Instant.parse("2026-01-01T04:00:00Z"));
    assertThat(due.missed()).isEqualTo(3);
    assertThat(due.next()).contains(Instant.parse("2026-01-01T05:00:00Z"));
    for (String bad : List.of("", "* * * *", "0 0 3 * * *", "61 * * * *", "@never"))
      assertThatThrownBy(() -> Timetable.of(bad, "UTC")).as(bad).isInstanceOf(Problem.class);
    assertThatThrownBy(() -> Timetable.of("0 3 * * *", "Mars/Base")).isInstanceOf(Problem.class);
  }

  @Test
  void parametersAreReadAsTheyAreWritten() {
    for (String text : List.of("a:text", "a:text=b c", "n:number=-3.5", "m:choice(x|y z)=y z"))
      assertThat(Parameter.parse(text)).hasToString(text);
    for (String bad :
        List.of("", "A", "a b", "a:word", "a:choice()", "a:choice(x||y)", "a:number=x", "a=\0"))
      assertThatThrownBy(() -> Parameter.parse(bad)).as(bad).isInstanceOf(Problem.class);
  }
}
