package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.Imports;
import io.fettle.cmdb.Register;
import io.fettle.identity.Tokens;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.remediation.action.Leases;
import io.fettle.support.FettleTest;
import io.fettle.support.Fleet;
import io.fettle.support.RealSshd;
import io.fettle.support.TestBrowser;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import io.fettle.transport.HostKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/**
 * Jobs over the API, on machines that are addresses of one real sshd, and on machines that fail.
 */
@FettleTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JobsTest {
  private static final int GOOD = 12;
  private static final String QUERY = "placement.rack in ['BT-1', 'BT-2', 'BT-3']";

  @Autowired private TestServer server;
  @Autowired private Imports imports;
  @Autowired private HostKeys hostKeys;
  @Autowired private Tokens tokens;
  @Autowired private Leases leases;
  @Autowired private Register register;

  private RealSshd sshd;
  private int port;
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  void aRackOfMachines() throws Exception {
    sshd = Fleet.sshd("127.0.72", 15);
    sshd.user("bat", "Pw-bat-2");
    port = sshd.endpoint().port();
    StringBuilder csv = new StringBuilder("资产号,序列号,IP,机柜,团队\n");
    for (int i = 1; i <= GOOD; i++)
      csv.append(
          row(
              "BT%02d".formatted(i),
              "127.0.72." + i + ":" + port,
              "BT-" + (1 + i % 3),
              i == 3 ? "bt-other" : "bt-team"));
    csv.append(row("BTREFUSED", "127.0.73.1:" + port, "BT-BAD", "bt-team"));
    csv.append(row("BTDARK", darkness(), "BT-BAD", "bt-team"));
    csv.append(row("BTMUTE", silence(), "BT-BAD", "bt-team"));
    csv.append(row("BTKEY", "127.0.72.13:" + port, "BT-BAD", "bt-team"));
    csv.append(row("BTWHO", "127.0.72.14:" + port, "BT-WHO", "bt-team"));
    csv.append(row("BTNONE", "", "BT-BAD", "bt-team"));
    Fleet.register(imports, csv.toString());
    Fleet.key(
        server, sshd, "jobs-bat", "bat", "placement.rack in ['BT-1', 'BT-2', 'BT-3', 'BT-BAD']");
    Fleet.key(server, sshd, "jobs-nobody", "nobody-here", "placement.rack == 'BT-WHO'");
    Endpoint changed = new Endpoint("127.0.72.13", port);
    hostKeys.judge(changed, Optional.empty(), "ssh-ed25519", "AAAA");
  }

  @AfterAll
  void close() throws Exception {
    for (AutoCloseable one : open) one.close();
    sshd.close();
  }

  private static String row(String asset, String address, String rack, String team) {
    return asset + ",SN" + asset + "," + address + "," + rack + "," + team + "\n";
  }

  /** Takes a connection and says nothing. */
  private String silence() throws IOException {
    ServerSocket mute = new ServerSocket(0, 50, InetAddress.getByName("127.0.73.3"));
    open.add(mute);
    return "127.0.73.3:" + mute.getLocalPort();
  }

  /** A full queue: the kernel drops what knocks. */
  private String darkness() throws IOException {
    ServerSocket dark = new ServerSocket(0, 1, InetAddress.getByName("127.0.73.2"));
    open.add(dark);
    for (int i = 0; i < 8; i++) {
      Socket socket = new Socket();
      open.add(socket);
      try {
        socket.connect(new InetSocketAddress("127.0.73.2", dark.getLocalPort()), 200);
      } catch (IOException full) {
        break;
      }
    }
    return "127.0.73.2:" + dark.getLocalPort();
  }

  private static Map<String, Object> wish(String query, String command) {
    Map<String, Object> wish = new LinkedHashMap<>();
    wish.put("on", query);
    wish.put("ssh", command);
    wish.put("reason", "a test");
    wish.put("steps", "100%");
    wish.put("stop_share", 1.0);
    return wish;
  }

  private JsonNode start(Map<String, Object> wish) {
    Answer answer = server.post(Role.OPERATOR, "/api/v1/jobs", wish);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json();
  }

  private JsonNode until(String id, String... states) throws InterruptedException {
    for (int i = 0; i < 600; i++) {
      JsonNode job = server.get(Role.OPERATOR, "/api/v1/jobs/" + id).json();
      if (List.of(states).contains(job.get("state").asString())) return job;
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError(server.get(Role.OPERATOR, "/api/v1/jobs/" + id).body());
  }

  private Map<String, String> verdicts(String id) {
    Map<String, String> verdicts = new LinkedHashMap<>();
    for (JsonNode item :
        server.get(Role.OPERATOR, "/api/v1/jobs/" + id + "/items?limit=500").json().get("items")) {
      String exit = item.get("exit").isNull() ? "" : " " + item.get("exit").asInt();
      verdicts.put(item.get("machine").asString(), item.get("verdict").asString() + exit);
    }
    return verdicts;
  }

  @Test
  void everyMachineHasItsExactVerdictAndTheMissedAreRunAgain() throws Exception {
    sshd.sh("rm -f /home/bat/journal");
    String script =
        Machines.WRITE_DOWN
            + """
            case "$SSH_CONNECTION" in
              *" 127.0.72.4 "*) echo before; sleep 4711 ;;
              *" 127.0.72.5 "*) echo oh >&2; exit 7 ;;
              *" 127.0.72.6 "*) kill -9 $PPID; sleep 5 ;;
              *" 127.0.72.7 "*) printf 'no end of line' ;;
              *) echo same ;;
            esac
            """;
    Map<String, Object> wish =
        wish("placement.rack in ['BT-1', 'BT-2', 'BT-3', 'BT-BAD', 'BT-WHO']", script);
    wish.put("limit", "3s");
    JsonNode preview = server.post(Role.OPERATOR, "/api/v1/jobs/preview", wish).json();
    assertThat(preview.get("machines").asInt()).as(preview.toString()).isEqualTo(GOOD + 5);
    assertThat(preview.at("/skipped/0/reason").asString()).isEqualTo("NO_ADDRESS");
    assertThat(preview.at("/skipped/0/names/0").asString()).isEqualTo("BTNONE");

    String id = start(wish).get("id").asString();
    JsonNode job = until(id, "ENDED");

    Map<String, String> expected = new LinkedHashMap<>();
    for (int i = 1; i <= GOOD; i++) expected.put("BT%02d".formatted(i), "OK 0");
    expected.put("BT04", "KILLED");
    expected.put("BT05", "EXIT 7");
    expected.put("BT06", "UNKNOWN");
    expected.put("BTREFUSED", "REFUSED");
    expected.put("BTDARK", "CONNECT_TIMEOUT");
    expected.put("BTMUTE", "BANNER_TIMEOUT");
    expected.put("BTKEY", "HOST_KEY_CHANGED");
    expected.put("BTWHO", "AUTH_REFUSED");
    expected.put("BTNONE", "SKIPPED");
    assertThat(verdicts(id)).containsExactlyInAnyOrderEntriesOf(expected);
    assertThat(job.get("outcome").asString()).isEqualTo("DONE");
    assertThat(job.get("missed").asInt()).isEqualTo(6);

    JsonNode folds = server.get(Role.AUDITOR, "/api/v1/jobs/" + id + "/folds").json().get("items");
    assertThat(folds.at("/0/machines").asInt()).isEqualTo(GOOD - 4);
    assertThat(folds.at("/0/said/0/text").asString()).isEqualTo("same\n");
    JsonNode killed = only(id, "killed");
    assertThat(output(id, killed)).isEqualTo("before\n");
    assertThat(output(id, only(id, "exit"))).isEqualTo("oh\n");
    JsonNode found =
        server.get(Role.OPERATOR, "/api/v1/jobs/" + id + "/items?said=NO+END").json().get("items");
    assertThat(found).hasSize(1);

    Answer text = server.get(Role.OPERATOR, "/api/v1/jobs/" + id + "/output");
    assertThat(text.body()).contains("BT07: no end of line\n", "BT05: [exit 7]\n");
    assertThat(events(id)).contains("\"kind\":\"END\"", "CONNECT_TIMEOUT", "same\\n");

    rerunOfTheMissed(id);
    rerunByName(id);
    rerunTwiceAtATime(id);
    assertThat(server.get(Role.OPERATOR, "/api/v1/jobs/" + id).json().get("reruns")).hasSize(2);
    Answer log = server.get(Role.AUDITOR, "/api/v1/audit?object=job:" + id);
    assertThat(log.body()).contains("job.started").contains("job.ended");
  }

  private void rerunOfTheMissed(String id) throws InterruptedException {
    Answer again = server.post(Role.OPERATOR, "/api/v1/jobs/" + id + "/rerun", Map.of());
    assertThat(again.status()).as(again.body()).isEqualTo(201);
    assertThat(again.json().get("machines").asInt()).isEqualTo(5);
    String second = again.json().get("id").asString();
    server.post(Role.OPERATOR, "/api/v1/jobs/" + second + "/stop", Map.of());
    until(second, "ENDED");
    assertThat(verdicts(second).keySet())
        .containsExactlyInAnyOrder("BTREFUSED", "BTDARK", "BTMUTE", "BTKEY", "BTWHO", "BTNONE");
  }

  private void rerunByName(String id) throws InterruptedException {
    Answer named =
        server.post(
            Role.OPERATOR,
            "/api/v1/jobs/" + id + "/rerun",
            Map.of("verdicts", List.of("unknown", "exit"), "limit", "9s"));
    assertThat(named.status()).as(named.body()).isEqualTo(201);
    assertThat(named.json().get("limit_seconds").asInt()).isEqualTo(9);
    String third = named.json().get("id").asString();
    until(third, "ENDED", "PAUSED");
    assertThat(verdicts(third).keySet()).containsExactlyInAnyOrder("BT05", "BT06");
    assertThat(
            server
                .post(
                    Role.OPERATOR,
                    "/api/v1/jobs/" + id + "/rerun",
                    Map.of("verdicts", List.of("ok")))
                .status())
        .isEqualTo(422);
  }

  /** BT05 was named and ran once more; BT06 as well: neither runs a third time from here. */
  private void rerunTwiceAtATime(String id) throws InterruptedException {
    Map<String, Object> exits = Map.of("verdicts", List.of("unknown", "exit"));
    assertThat(server.post(Role.OPERATOR, "/api/v1/jobs/" + id + "/rerun", exits).status())
        .isEqualTo(409);
    String first =
        server.get(Role.OPERATOR, "/api/v1/jobs/" + id).json().get("reruns").get(1).asString();
    if (server
        .get(Role.OPERATOR, "/api/v1/jobs/" + first)
        .json()
        .get("state")
        .asString()
        .equals("PAUSED"))
      server.post(Role.OPERATOR, "/api/v1/jobs/" + first + "/continue", Map.of());
    until(first, "ENDED");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> two =
          Stream.of(1, 2)
              .map(n ->
                  threads.submit(
                      () -> server.post(Role.OPERATOR, "/api/v1/jobs/" + first + "/rerun", exits)))
              .toList();
      List<Integer> statuses = new ArrayList<>();
      for (Future<Answer> one : two) statuses.add(answer(one).status());
      assertThat(statuses).containsExactlyInAnyOrder(201, 409);
    }
    assertThat(server.post(Role.OPERATOR, "/api/v1/jobs/" + id + "/rerun", exits).status())
        .as("a rerun of the rerun has them")
        .isEqualTo(409);
    assertThat(
            server
                .get(Role.OPERATOR, "/api/v1/jobs/" + id)
                .json()
                .get("rerunnable_verdicts")
                .has("EXIT"))
        .isFalse();
  }

  private static Answer answer(Future<Answer> one) throws InterruptedException {
    try {
      return one.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private JsonNode only(String id, String verdict) {
    return server
        .get(Role.OPERATOR, "/api/v1/jobs/" + id + "/items?verdict=" + verdict)
        .json()
        .at("/items/0");
  }

  private String output(String id, JsonNode item) {
    StringBuilder text = new StringBuilder();
    for (JsonNode said :
        server
            .get(Role.OPERATOR, "/api/v1/jobs/" + id + "/items/" + item.get("no").asInt())
            .json()
            .get("said")) text.append(said.get("text").asString());
    return text.toString();
  }

  private String events(String id) {
    return server.get(Role.OPERATOR, "/api/v1/jobs/" + id + "/events").body();
  }

  @Test
  void linesComeWhileItRunsAndTheNextStepWaitsForAPerson() throws Exception {
    Map<String, Object> wish = wish(QUERY, "echo first; sleep 2; echo second");
    wish.put("steps", "1,100%");
    wish.put("ask", true);
    String id = start(wish).get("id").asString();
    for (int i = 0; !firstLine(id); i++) {
      assertThat(i).as("no line came").isLessThan(200);
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(server.get(Role.OPERATOR, "/api/v1/jobs/" + id).json().get("state").asString())
        .isEqualTo("RUNNING");

    JsonNode paused = until(id, "PAUSED");
    assertThat(paused.get("paused_for").asString()).isEqualTo("STEP");
    assertThat(paused.get("ended").asInt()).isEqualTo(1);
    server.post(Role.OPERATOR, "/api/v1/jobs/" + id + "/continue", Map.of());
    JsonNode ended = until(id, "ENDED");
    assertThat(ended.at("/verdicts/OK").asInt()).isEqualTo(GOOD);
    assertThat(server.post(Role.OPERATOR, "/api/v1/jobs/" + id + "/stop", Map.of()).status())
        .isEqualTo(409);
  }

  private boolean firstLine(String id) {
    return server
            .get(Role.OPERATOR, "/api/v1/jobs/" + id + "/items?said=first")
            .json()
            .get("items")
            .size()
        == 1;
  }

  @Test
  void aFailedCanaryStopsItAndAStoppedJobSendsNothingMore() throws Exception {
    sshd.sh("rm -f /home/bat/journal");
    Map<String, Object> wish = wish(QUERY, Machines.WRITE_DOWN + "exit 3");
    wish.put("steps", "1,100%");
    wish.put("stop_share", 0.2);
    String id = start(wish).get("id").asString();

    JsonNode paused = until(id, "PAUSED");
    assertThat(paused.get("paused_for").asString()).isEqualTo("FAILURES");
    server.post(Role.OPERATOR, "/api/v1/jobs/" + id + "/stop", Map.of());
    JsonNode ended = until(id, "ENDED");

    assertThat(ended.get("outcome").asString()).isEqualTo("STOPPED");
    assertThat(ended.at("/verdicts/NOT_STARTED").asInt()).isEqualTo(GOOD - 1);
    assertThat(sshd.sh("cat /home/bat/journal").lines()).hasSize(1);
  }

  @Test
  void aFreezeHoldsItBackAndMaintenanceLeavesMachinesOut() throws Exception {
    freeze(true);
    String id;
    try {
      id = start(wish("asset_no == 'BT01'", "true")).get("id").asString();
      TimeUnit.MILLISECONDS.sleep(1_500);
      assertThat(server.get(Role.OPERATOR, "/api/v1/jobs/" + id).json().get("queued").asInt())
          .isEqualTo(1);
    } finally {
      freeze(false);
    }
    until(id, "ENDED");
    assertThat(verdicts(id)).containsEntry("BT01", "OK 0");

    Answer window =
        server.post(
            Role.OPERATOR,
            "/api/v1/maintenance",
            Map.of(
                "machine",
                "BT02",
                "until",
                java.time.Clock.systemUTC().instant().plusSeconds(600).toString(),
                "reason",
                "a test"));
    assertThat(window.status()).as(window.body()).isLessThan(300);
    JsonNode preview =
        server
            .post(
                Role.OPERATOR, "/api/v1/jobs/preview", wish("asset_no in ['BT01', 'BT02']", "true"))
            .json();
    assertThat(preview.get("machines").asInt()).isEqualTo(1);
    assertThat(preview.at("/skipped/0/reason").asString()).isEqualTo("MAINTENANCE");
    server.send(
        server.token(Role.OPERATOR),
        "DELETE",
        "/api/v1/maintenance/" + window.json().get("id").asInt(),
        null);
  }

  private void freeze(boolean on) {
    server.post(Role.OPERATOR, "/api/v1/freeze", Map.of("on", on, "reason", "a test"));
  }

  @Test
  void whatIsDangerousWaitsForASecondPersonOrABrokenGlass() throws Exception {
    Map<String, Object> wish = wish("asset_no == 'BT01'", ": shutdown now");
    JsonNode waits = start(wish);
    String id = waits.get("id").asString();
    assertThat(waits.get("state").asString()).isEqualTo("AWAITING");
    assertThat(waits.get("dangers")).hasSize(1);
    String approve = "/api/v1/jobs/" + id + "/approve";
    assertThat(server.post(Role.OPERATOR, approve, Map.of()).status()).isEqualTo(403);
    assertThat(server.post(Role.OWNER, approve, Map.of()).status()).isEqualTo(403);
    assertThat(server.post(Role.ADMINISTRATOR, approve, Map.of()).status())
        .as("another token of the same maker is no second person")
        .isEqualTo(403);
    TestBrowser admin = new TestBrowser(server);
    admin.signIn("admin", TestServer.ADMIN_PASSWORD);
    admin.submit("/jobs/" + id, "/jobs/" + id + "/approve");
    until(id, "ENDED");
    assertThat(verdicts(id)).containsEntry("BT01", "OK 0");

    String rejected = start(wish).get("id").asString();
    server.post(
        Role.ADMINISTRATOR, "/api/v1/jobs/" + rejected + "/reject", Map.of("reason", "not now"));
    assertThat(until(rejected, "ENDED").get("outcome").asString()).isEqualTo("REJECTED");
    assertThat(verdicts(rejected)).containsEntry("BT01", "NOT_STARTED");

    wish.put("break_glass", "the house is on fire");
    String glass = start(wish).get("id").asString();
    until(glass, "ENDED");
    Answer log = server.get(Role.AUDITOR, "/api/v1/audit?object=job:" + glass);
    assertThat(log.body()).contains("the house is on fire");
  }

  @Test
  void onlyWhoMayApproveIsShownTheButton() throws Exception {
    TestBrowser admin = new TestBrowser(server);
    admin.signIn("admin", TestServer.ADMIN_PASSWORD);
    String own =
        tokens
            .create(
                "admins own",
                Role.OPERATOR,
                Set.of(),
                java.time.Clock.systemUTC().instant().plusSeconds(600),
                new Viewer(
                    new Actor(Actor.Kind.PERSON, "admin"), Set.of(Role.ADMINISTRATOR), Set.of()))
            .text();
    Map<String, Object> wish = wish("asset_no == 'BT01'", ": shutdown now");
    String mine = server.send(own, "POST", "/api/v1/jobs", json(wish)).json().get("id").asString();
    String theirs = start(wish).get("id").asString();

    assertThat(admin.get("/jobs/" + theirs).html().select("form[action$=/approve]")).hasSize(1);
    var page = admin.get("/jobs/" + mine).html();
    assertThat(page.select("form[action$=/approve]")).isEmpty();
    assertThat(page.select("form[action$=/reject]")).hasSize(1);
    assertThat(page.text()).contains("admins own, who started it, and programs of theirs may not");
    assertThat(admin.submit("/jobs/" + mine, "/jobs/" + mine + "/approve").status()).isEqualTo(403);
    for (String id : List.of(mine, theirs))
      server.post(Role.OPERATOR, "/api/v1/jobs/" + id + "/reject", Map.of());
  }

  private static String json(Object value) {
    return tools.jackson.databind.json.JsonMapper.shared().writeValueAsString(value);
  }

  @Test
  void aMachineThatARepairHasIsListedAsLeftOut() throws Exception {
    var machine = register.find("BT02", Viewer.system("test")).hits().getFirst().id();
    try (Leases.Lease lease = leases.take(machine, java.time.Duration.ofMinutes(3), () -> {})) {
      JsonNode preview =
          server
              .post(
                  Role.OPERATOR,
                  "/api/v1/jobs/preview",
                  wish("asset_no in ['BT01', 'BT02']", "true"))
              .json();
      assertThat(preview.get("machines").asInt()).isEqualTo(1);
      assertThat(preview.at("/skipped/0/reason").asString()).isEqualTo("LEASED");
      assertThat(preview.at("/skipped/0/names/0").asString()).isEqualTo("BT02");
      String id = start(wish("asset_no in ['BT01', 'BT02']", "true")).get("id").asString();
      until(id, "ENDED");
      assertThat(verdicts(id))
          .containsExactlyInAnyOrderEntriesOf(Map.of("BT01", "OK 0", "BT02", "SKIPPED"));
    }
  }

  @Test
  void whatIsEmptyUnboundedUncountedOrWithoutReasonIsRefused() {
    for (String query : List.of("", "true", "asset_no == 'NOBODY-HAS-THIS'", "no such ("))
      assertThat(server.post(Role.OPERATOR, "/api/v1/jobs", wish(query, "true")).status())
          .as(query)
          .isEqualTo(422);
    Map<String, Object> wrongCount = wish(QUERY, "true");
    wrongCount.put("count", GOOD + 1);
    Map<String, Object> noReason = wish(QUERY, "true");
    noReason.remove("reason");
    Map<String, Object> both = wish(QUERY, "true");
    both.put("script", "true");
    Map<String, Object> steps = wish(QUERY, "true");
    steps.put("steps", "lots");
    for (Map<String, Object> bad : List.of(wrongCount, noReason, both, steps))
      assertThat(server.post(Role.OPERATOR, "/api/v1/jobs", bad).status()).isEqualTo(422);
    for (Role role : List.of(Role.OWNER, Role.AUDITOR))
      assertThat(server.post(role, "/api/v1/jobs", wish(QUERY, "true")).status()).isEqualTo(403);
  }

  @Test
  void anOwnerSeesTheirMachinesOfAJobAndAnotherTeamNoJobAtAll() throws Exception {
    String id =
        start(wish("asset_no in ['BT01', 'BT03']", "echo $SSH_CONNECTION")).get("id").asString();
    until(id, "ENDED");
    String path = "/api/v1/jobs/" + id;
    String owner = server.token(Role.OWNER, "bt-other");
    String stranger = server.token(Role.OWNER, "bt-nobody");

    JsonNode items = server.send(owner, "GET", path + "/items", null).json().get("items");
    assertThat(items.findValuesAsString("machine")).containsExactly("BT03");
    assertThat(server.send(owner, "GET", path + "/output", null).body())
        .contains("BT03: ")
        .doesNotContain("BT01");
    assertThat(server.send(owner, "GET", path + "/events", null).body()).doesNotContain("BT01");
    int other = 1 - items.at("/0/no").asInt();
    assertThat(server.send(owner, "GET", path + "/items/" + other, null).status()).isEqualTo(404);
    for (String what : List.of("", "/items", "/folds", "/output", "/events", "/items/0"))
      assertThat(server.send(stranger, "GET", path + what, null).status()).as(what).isEqualTo(404);
    assertThat(server.send(stranger, "GET", "/api/v1/jobs", null).json().get("items")).isEmpty();
    assertThat(
            server
                .send(owner, "GET", "/api/v1/jobs", null)
                .json()
                .get("items")
                .findValuesAsString("id"))
        .contains(id);
  }

  @Test
  void whoMayNoLongerIsToldNoMore() throws Exception {
    sshd.sh("rm -f /home/bat/go");
    String waits = "for i in $(seq 300); do [ -e go ] && exit 0; sleep 0.1; done";
    String id = start(wish("asset_no == 'BT12'", waits)).get("id").asString();
    JsonNode token =
        server
            .post(
                Role.ADMINISTRATOR,
                "/api/v1/tokens",
                Map.of("name", "listens", "role", "operator", "expires", "1"))
            .json();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String text = token.get("token").asString();
      Future<Answer> told =
          threads.submit(() -> server.send(text, "GET", "/api/v1/jobs/" + id + "/events", null));
      TimeUnit.MILLISECONDS.sleep(500);
      assertThat(told).isNotDone();
      server.send(
          server.adminToken(), "DELETE", "/api/v1/tokens/" + token.get("id").asString(), null);

      assertThat(told.get(10, TimeUnit.SECONDS).body()).contains("\"state\":\"RUNNING\"");
    } finally {
      sshd.sh("touch /home/bat/go");
    }
    assertThat(until(id, "ENDED").get("outcome").asString()).isEqualTo("DONE");
    assertThat(events(id)).contains("\"state\":\"ENDED\"");
  }

  @Test
  void twoJobsNeverWorkOnOneMachineAtATime() throws Exception {
    sshd.sh("rm -f /home/bat/both /home/bat/in");
    String script = "[ -e in ] && echo both >>both; touch in; sleep 0.7; rm -f in";
    String one = start(wish("asset_no == 'BT01'", script)).get("id").asString();
    Answer second = server.post(Role.OPERATOR, "/api/v1/jobs", wish("asset_no == 'BT01'", script));
    until(one, "ENDED");
    if (second.status() == 201) until(second.json().get("id").asString(), "ENDED");
    else assertThat(second.status()).isEqualTo(422);

    assertThat(sshd.sh("cat /home/bat/both 2>/dev/null || true")).isEmpty();
  }

  @Test
  void asRootThroughSudoNothingOfSudoIsHeard() throws Exception {
    sshd.sudoers("bat ALL=(ALL) NOPASSWD: ALL");
    Map<String, Object> wish = wish("asset_no == 'BT01'", "id -un; echo oh >&2");
    wish.put("root", true);
    String id = start(wish).get("id").asString();
    until(id, "ENDED");

    assertThat(output(id, only(id, "ok"))).isIn("root\noh\n", "oh\nroot\n");
  }
}
