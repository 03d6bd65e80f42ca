package io.fettle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
  private static final String STATUS =
      """
      {"version":"1","ready":true,"machines":200,"faults":{"OPEN":0,"RUNNING":3},
       "repairs":{"done":7,"failed":0,"uncertain":1},"tickets":{"open":2},
       "health":{"database":{"ok":true,"why":"takes writes"},"disk":{"ok":false,"why":"full"}}}
      """;

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final Map<String, String> asked = new ConcurrentHashMap<>();
  private final Locale locale = Locale.getDefault();
  private HttpServer http = httpServer();
  private String said = "";
  private String complained = "";

  @TempDir Path folder;

  @BeforeEach
  void speakEnglish() {
    Locale.setDefault(Locale.ENGLISH);
    http.createContext("/", this::answer);
    http.start();
  }

  @AfterEach
  void end() {
    Locale.setDefault(locale);
    http.stop(0);
  }

  @Test
  void statusIsShownForAPerson() {
    answers.put("GET /api/v1/status", STATUS);

    assertThat(run("status")).isZero();

    assertThat(said).contains("machines      200", "running 3", "done 7, uncertain 1");
    assertThat(said).containsPattern("disk +NO +full");
  }

  @Test
  void jsonIsTheServersDocumentAndNothingElse() {
    answers.put("GET /api/v1/status", STATUS);

    assertThat(run("status", "--json")).isZero();

    assertThat(said.strip()).isEqualTo(STATUS.strip());
    assertThat(complained).isEmpty();
  }

  @Test
  void aRefusalNamesFieldValueAndRemedyAndIsOneDocument() {
    answers.put(
        "POST /api/v1/tokens",
        "422 {\"title\":\"bad\",\"errors\":[{\"field\":\"role\",\"value\":\"king\",\"reason\":\"roles are operator, owner\"}]}");

    assertThat(run("token", "create", "--name", "x", "--role", "king", "--json")).isEqualTo(1);

    assertThat(complained).isEqualTo("fettle: role 'king': roles are operator, owner\n");
    assertThat(Json.parse(said.getBytes(StandardCharsets.UTF_8)).get("title").text())
        .isEqualTo("bad");
  }

  @Test
  void nobodyThereIsExitCodeThree() {
    http.stop(0);

    assertThat(run("status")).isEqualTo(3);
    assertThat(complained).startsWith("fettle: cannot reach http://127.0.0.1:");
  }

  @Test
  void wrongUsageIsExitCodeTwo() {
    assertThat(run("find")).isEqualTo(2);
    assertThat(run("faults", "--limit", "many")).isEqualTo(2);
    assertThat(run("policy")).isEqualTo(2);
    assertThat(run("nonsense")).isEqualTo(2);
    assertThat(run("freeze", "perhaps")).isEqualTo(2);
  }

  @Test
  void findSaysWhetherThereWasOne() {
    answers.put(
        "GET /api/v1/resolve?q=10.0.0.7",
        "{\"q\":\"10.0.0.7\",\"kind\":\"ip\",\"hits\":[{\"asset_no\":\"A7\",\"key\":\"net.ip\",\"matched\":\"10.0.0.7\"}]}");
    answers.put("GET /api/v1/resolve?q=none", "{\"q\":\"none\",\"kind\":\"text\",\"hits\":[]}");

    assertThat(run("find", "10.0.0.7")).isZero();
    assertThat(said).containsPattern("A7 +net.ip +10.0.0.7");
    assertThat(run("find", "none")).isEqualTo(1);
  }

  @Test
  void aFileIsImportedAsItIs() throws IOException {
    Path file = folder.resolve("采购.csv");
    Files.write(file, "资产号,序列号\nA1,S1\n".getBytes("GB18030"));
    answers.put(
        "POST /api/v1/register/imports?dry_run=true&name=%E9%87%87%E8%B4%AD.csv",
        "{\"created\":1,\"updated\":0,\"unchanged\":0,\"rejected\":[{\"line\":3,\"column\":\"IP\",\"value\":\"x\",\"reason\":\"no address\"}]}");

    assertThat(run("import", file.toString(), "--dry-run")).isZero();

    assertThat(asked.get("POST /api/v1/register/imports?dry_run=true&name=%E9%87%87%E8%B4%AD.csv"))
        .isEqualTo(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    assertThat(said).contains("created 1").containsPattern("3 +IP +x +no address");
  }

  @Test
  void aSecretComesFromStandardInputAndLosesTheEnterKey() {
    answers.put("POST /api/v1/credentials", "201 {\"name\":\"root\",\"machines\":4}");
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream("pass word\n".getBytes(StandardCharsets.UTF_8)));
    try {
      assertThat(
              run(
                  "credential",
                  "add",
                  "--kind",
                  "bmc",
                  "--name",
                  "root",
                  "--user",
                  "ADMIN",
                  "--for",
                  "vendor = dell"))
          .isZero();
    } finally {
      System.setIn(before);
    }

    Json sent =
        Json.parse(
            asked
                .getOrDefault("POST /api/v1/credentials", "{}")
                .getBytes(StandardCharsets.ISO_8859_1));
    assertThat(sent.get("secret").text()).isEqualTo("pass word");
    assertThat(sent.get("for").text()).isEqualTo("vendor = dell");
  }

  @Test
  void aModeIsChangedAfterItWasSaidWhatItWouldTouch() {
    answers.put(
        "GET /api/v1/policies/nic/would-touch?mode=auto",
        "{\"machines\":2,\"asset_nos\":[\"A7\",\"A8\"]}");

    assertThat(run("policy", "mode", "nic", "auto", "--reason", "x")).isEqualTo(1);
    assertThat(said).contains("would touch now: 2 A7");
    asked.clear();
    assertThat(run("policy", "mode", "nic", "auto", "--dry-run")).isZero();

    assertThat(said).contains("would touch now: 2 A7");
    assertThat(asked).doesNotContainKey("POST /api/v1/policies/nic/mode");
  }

  @Test
  void theWordGoesOnThePlanThatWasShown() {
    answers.put(
        "GET /api/v1/faults/F-7/suggestion",
        "{\"runbook\":\"bmc/reset\",\"label\":{\"zh\":\"重启\",\"en\":\"Reset\"},\"steps\":[\"bmc.reset {kind=cold}\"],\"plan\":\"abc\"}");
    answers.put("POST /api/v1/faults/F-7/run-suggested", "{\"items\":[]}");

    assertThat(run("run", "F-7", "--dry-run")).isZero();
    assertThat(said).contains("bmc.reset {kind=cold}");
    assertThat(asked).doesNotContainKey("POST /api/v1/faults/F-7/run-suggested");
    assertThat(run("run", "F-7")).isZero();

    assertThat(asked.get("POST /api/v1/faults/F-7/run-suggested")).contains("\"abc\"");
    assertThat(said).contains("bmc.reset {kind=cold}").contains("Approved");
  }

  @Test
  void anEmptyQueryIsBadUsageAndAsksNobody() {
    assertThat(run("run", "--on", "", "--ssh", "true", "--reason", "x")).isEqualTo(2);
    assertThat(complained).contains("the query of --on is empty");
    assertThat(run("run")).isEqualTo(2);
    assertThat(asked).isEmpty();
  }

  @Test
  void hostileTextNeverReachesTheTerminalRaw() {
    answers.put(
        "GET /api/v1/faults?limit=100",
        "{\"items\":[{\"id\":1,\"state\":\"CONFIRMED\",\"class\":\"bmc\",\"asset_no\":\"A\\u001b[2J\",\"component\":\"\\u202eevil\",\"opened_at\":\"2026-11-22T10:00:00Z\",\"summary\":{\"zh\":\"模式不对\",\"en\":\"wrong mode\"}}]}");

    assertThat(run("faults")).isZero();

    assertThat(said).contains("A\\u001b[2J", "\\u202eevil", "wrong mode");
    assertThat(said.chars().filter(c -> c == 0x1b || c == 0x202e)).isEmpty();
  }

  @Test
  void theLocalTokenGoesToTheLocalServerOnly() throws IOException {
    Files.createDirectories(folder.resolve("run"));
    Files.writeString(folder.resolve("run/state"), "ready " + base() + "\n");
    Files.writeString(folder.resolve("admin.token"), "local-token\n");
    Map<String, String> home = Map.of("FETTLE_HOME", folder.toString());
    answers.put("GET /api/v1/status", STATUS);

    Server.find(null, home).get("status");
    assertThat(asked).containsEntry("authorization", "Bearer local-token");

    asked.clear();
    Server.find(base().replace("127.0.0.1", "localhost"), home).get("status");
    assertThat(asked).doesNotContainKey("authorization");

    Server.find(null, Map.of("FETTLE_HOME", folder.toString(), "FETTLE_TOKEN", "given"))
        .get("status");
    assertThat(asked).containsEntry("authorization", "Bearer given");
  }

  @Test
  void aTokenIsNotSentInClearToAnotherMachine() {
    Map<String, String> token = Map.of("FETTLE_HOME", folder.toString(), "FETTLE_TOKEN", "given");

    for (String remote :
        List.of("http://fettle.example", "http://10.1.2.3:8080", "http://[fd00::1]"))
      assertThatThrownBy(() -> Server.find(remote, token))
          .isInstanceOf(Refused.class)
          .hasMessageContaining("use https://");
    for (String near : List.of("http://LOCALHOST:1", "http://127.0.0.9:1", "http://[::1]:1", "h"))
      Server.find(near, token);
  }

  @Test
  void whatIsCutSaysSoAndGoesOn() {
    String page = "{\"items\":[],\"next\":\"abc\"}";
    Map<String, String> lists =
        Map.of(
            "faults", "faults?",
            "tickets", "tickets?",
            "hostkey list", "hostkeys?state=changed&",
            "token list", "tokens?");
    lists.forEach((words, path) -> {
      answers.put("GET /api/v1/" + path + "limit=7&cursor=x", page);
      String[] command = (words + " --limit 7 --cursor x").split(" ");

      assertThat(run(command)).as(words + complained).isZero();
      assertThat(said).as(words).endsWith("more: --cursor abc\n");
    });
  }

  @Test
  void manyCandidatesOfAKeyAreSaidToBeCut() {
    String hit = "{\"asset_no\":\"A7\",\"key\":\"net.ip\",\"matched\":\"10.0.0.7\"}";
    answers.put(
        "GET /api/v1/resolve?q=10.0",
        "{\"hits\":[" + String.join(",", java.util.Collections.nCopies(50, hit)) + "]}");

    assertThat(run("find", "10.0")).isZero();
    assertThat(said).contains("the first 50");
  }

  @Test
  void aTokenIsRevokedAndThatIsADocument() {
    answers.put("DELETE /api/v1/tokens/17", "204 ");

    assertThat(run("token", "revoke", "17", "--json")).isZero();
    assertThat(said).isEqualTo("{\"revoked\":\"17\"}\n");
  }

  @Test
  void everyFailureIsOneDocument() {
    assertThat(run("nonsense", "--json")).isEqualTo(2);
    assertThat(title()).contains("no command 'nonsense'");
    assertThat(run("find", "--json")).isEqualTo(2);
    assertThat(title()).contains("KEY");
    http.stop(0);
    assertThat(run("status", "--json")).isEqualTo(3);
    assertThat(title()).startsWith("cannot reach");
  }

  private String title() {
    assertThat(said).containsOnlyOnce("\n");
    return Json.parse(said.getBytes(StandardCharsets.UTF_8)).get("title").text();
  }

  @Test
  void noServerHereIsSaidWithTheRemedy() {
    assertThatThrownBy(() -> Server.find(null, Map.of("FETTLE_HOME", folder.toString())))
        .isInstanceOf(Unreachable.class)
        .hasMessageContaining("./fettle up");
  }

  @Test
  void tablesAlignChineseAndGiveWayOnANarrowTerminal() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Screen screen = new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), 24);

    screen.table(
        List.of("名", "WHAT"), List.of(List.of("机柜", "x".repeat(60)), List.of("A", "short")));

    String[] lines = bytes.toString(StandardCharsets.UTF_8).split("\n");
    assertThat(Stream.of(lines).mapToInt(Words::width).max().orElse(0)).isEqualTo(24);
    assertThat(lines[2]).isEqualTo("A     short");
    assertThat(lines[0]).isEqualTo("名    WHAT");
  }

  @Test
  void helpNamesEveryCommand() {
    Main.COMMANDS.keySet().forEach(name -> assertThat(Help.text()).contains("  " + name));
  }

  private int run(String... words) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream saying = new ByteArrayOutputStream();
    ByteArrayOutputStream complaining = new ByteArrayOutputStream();
    System.setOut(new PrintStream(saying, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(complaining, true, StandardCharsets.UTF_8));
    try {
      return Main.run(
          Stream.concat(Stream.of(words), Stream.of("--server", base())).toArray(String[]::new));
    } finally {
      System.setOut(out);
      System.setErr(err);
      said = saying.toString(StandardCharsets.UTF_8);
      complained = complaining.toString(StandardCharsets.UTF_8);
    }
  }

  private String base() {
    return "http://127.0.0.1:" + http.getAddress().getPort() + "/";
  }

  private void answer(HttpExchange exchange) throws IOException {
    String what = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    asked.put(
        what, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
    String token = exchange.getRequestHeaders().getFirst("Authorization");
    if (token != null) asked.put("authorization", token);
    String answer = answers.getOrDefault(what, "404 {\"title\":\"no " + what + "\"}");
    int status = answer.matches("(?s)[0-9]{3} .*") ? Integer.parseInt(answer.substring(0, 3)) : 200;
    byte[] body = (status == 200 ? answer : answer.substring(4)).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, status == 204 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static HttpServer httpServer() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
