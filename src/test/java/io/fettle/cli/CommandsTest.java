package io.fettle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.Register;
import io.fettle.fault.FaultFilter;
import io.fettle.fault.Faults;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Label;
import io.fettle.kernel.Role;
import io.fettle.kernel.Severity;
import io.fettle.kernel.Viewer;
import io.fettle.monitoring.Observation;
import io.fettle.monitoring.ObservationLog;
import io.fettle.monitoring.check.Reading;
import io.fettle.support.FettleTest;
import io.fettle.support.Shell;
import io.fettle.support.TestServer;
import io.fettle.support.WholeProcess;
import io.fettle.transport.HostKeys;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every command against the real server: its document has exactly the fields that OpenAPI promises,
 * and those that scripts were promised before OpenAPI.
 */
@FettleTest
class CommandsTest {
  private static final String HEAD = "资产号,序列号,厂商,型号,机房,机柜,U位,IP,管理卡IP,管理卡模式,业务负责人\n";
  private static final Endpoint HOST = new Endpoint("127.78.0.1", 22);
  private static final Viewer SYSTEM = Viewer.system("test");

  @Autowired private TestServer server;
  @Autowired private Register register;
  @Autowired private Faults faults;
  @Autowired private ObservationLog observations;
  @Autowired private HostKeys hostKeys;
  @Autowired private Clock clock;

  @TempDir Path folder;
  private OpenApi api = new OpenApi(JsonMapper.shared().createObjectNode());
  private String complained = "";

  @BeforeEach
  void readTheDescription() {
    api = new OpenApi(server.get(Role.OWNER, "/v3/api-docs").json());
  }

  @Test
  void machines() throws IOException {
    Path csv = folder.resolve("machines.csv");
    Files.writeString(
        csv,
        HEAD
            + row("CLI001", "127.78.1.1")
            + row("CLI002", "127.78.1.2")
            + row("CLI003", "300.1.2.3"));
    for (String dryRun : List.of("--dry-run", "")) {
      JsonNode done = said("post", "/api/v1/register/imports", "import", csv.toString(), dryRun);
      assertFields(done, "created", "updated", "unchanged", "rejected");
      assertFields(done.at("/rejected/0"), "line", "column", "value", "reason");
    }

    JsonNode found = said("get", "/api/v1/resolve", "find", "127.78.1.1");
    assertFields(found, "q", "kind", "hits");
    assertFields(found.at("/hits/0"), "asset_no", "key", "matched");
    assertThat(found.at("/hits/0/asset_no").asString()).isEqualTo("CLI001");

    JsonNode machine = ran(Set.of(0), "machine", "CLI001");
    assertThat(machine.path("asset_no").asString()).isEqualTo("CLI001");
  }

  @Test
  void faultsAndTheirRepair() throws IOException {
    String id = fault(machine("CLI011", "127.78.1.11"));

    JsonNode listed = said("get", "/api/v1/faults", "faults", "--machine", "CLI011");
    assertFields(listed.at("/items/0"), "id", "state", "class", "asset_no", "component");
    JsonNode fault = said("get", "/api/v1/faults/{id}", "fault", id);
    assertFields(fault, "id", "state", "class", "asset_no", "component", "opened_at", "fixed_by");
    assertFields(fault.at("/story/0"), "at", "kind");
    said("get", "/api/v1/tickets", "tickets", "--all", "--limit", "3");

    JsonNode policies = said("get", "/api/v1/policies", "policy", "list");
    String policy = policies.at("/items/0/name").asString();
    String mode = "/api/v1/policies/{name}/mode";
    said("post", mode, "policy", "mode", policy, "suggest", "--reason", "a test");
    said("post", mode, "policy", "mode", policy, "observe", "--reason", "a test is over");
    said("post", "/api/v1/freeze", "freeze", "on", "--reason", "a test");
    said("post", "/api/v1/freeze", "freeze", "off", "--reason", "over");
  }

  @Test
  void statusAndDoctor() {
    JsonNode status = said("get", "/api/v1/status", "status");
    assertFields(status, "version", "ready", "machines", "faults", "repairs", "tickets", "health");
    assertFields(status.at("/repairs"), "done", "failed", "uncertain");
    assertFields(status.at("/tickets"), "open");
    assertThat(status.at("/machines").isInt()).isTrue();
    assertThat(status.at("/faults/ESCALATED").isInt()).isTrue();
    assertFields(status.at("/health/database"), "ok", "why");

    JsonNode doctor = ran(Set.of(0, 1), "doctor");
    api.mustDescribe("get", "/api/v1/doctor", doctor);
    assertFields(ran(Set.of(0), "version"), "version");
  }

  @Test
  void waysToMachines() throws IOException {
    machine("CLI021", HOST.host());
    JsonNode added =
        withInput(
            "a secret\n",
            () ->
                said(
                    "post",
                    "/api/v1/credentials",
                    "credential",
                    "add",
                    "--kind",
                    "ssh-password",
                    "--name",
                    "commands",
                    "--user",
                    "ops",
                    "--for",
                    "asset_no == 'CLI021'"));
    assertThat(added.toString()).doesNotContain("a secret");
    assertThat(added.get("machines").asInt()).isEqualTo(1);

    JsonNode listed = said("get", "/api/v1/credentials", "credential", "list");
    assertThat(listed.findValuesAsString("name")).contains("commands");
    assertThat(ran(Set.of(0), "credential", "remove", "commands").get("removed").asString())
        .isEqualTo("commands");

    changeTheKey("AAAB");
    JsonNode keys = said("get", "/api/v1/hostkeys", "hostkey", "list");
    assertThat(keys.get("items").findValuesAsString("asset_no")).contains("CLI021");
    JsonNode accepted = judged("accept");
    assertThat(accepted.at("/endpoints/0").asString()).isEqualTo(HOST.toString());
    changeTheKey("AAAC");
    assertThat(judged("refuse").get("count").asInt()).isEqualTo(1);

    Path check = folder.resolve("site.yml");
    Files.writeString(
        check,
        "name: site.raid\nlabel: {zh: 阵列, en: RAID}\nfor: \"type == 'server'\"\ninterval: 10m\nsection: |\n  exit 0\n");
    JsonNode tried =
        said("post", "/api/v1/checks/try", "check", "try", check.toString(), "--on", "CLI021");
    assertThat(tried.at("/readings/0/verdict").asString()).isEqualTo("UNKNOWN");
  }

  @Test
  void accounts() throws IOException {
    machine("CLI031", "127.78.1.31");
    Path file = folder.resolve("accounts.yml");
    Files.writeString(
        file,
        "for: asset_no == 'CLI031'\nset:\n  accounts:\n    - name: commands\n      keys: []\n");
    said("post", "/api/v1/accounts", "account", "declare", file.toString());
    JsonNode declared = said("get", "/api/v1/accounts", "account", "list");
    assertThat(declared.findValuesAsString("name")).contains("commands");
    said("post", "/api/v1/accounts/why", "account", "why", "commands", "CLI031");
  }

  /** Nothing listens there: the machine refuses, which is an end like any other. */
  @Test
  void jobs() throws IOException, InterruptedException {
    machine("CLI041", "127.78.1.41:1");
    credentialFor("CLI041");
    String[] run = {"run", "--on", "asset_no == 'CLI041'", "--ssh", "true", "--reason", "a test"};
    JsonNode preview = said("post", "/api/v1/jobs/preview", and(run, "--dry-run"));
    assertThat(preview.get("machines").asInt()).isEqualTo(1);

    JsonNode started = said("post", "/api/v1/jobs", and(run, "--detach"));
    String id = started.get("id").asString();
    JsonNode job = ran(Set.of(0, 1), "job", id);
    api.mustDescribe("get", "/api/v1/jobs/{id}", job);
    WholeProcess.await(
        "its machine is free again",
        Duration.ofSeconds(20),
        () -> ran(Set.of(0, 1), "job", id).get("sending").asInt() == 0);
    JsonNode ended = ran(Set.of(1), run);
    api.mustDescribe("get", "/api/v1/jobs/{id}", ended);
    assertThat(ended.at("/verdicts/REFUSED").asInt()).isEqualTo(1);
    String second = ended.get("id").asString();

    if (ended.get("state").asString().equals("PAUSED"))
      said("post", "/api/v1/jobs/{id}/continue", "job", "continue", second);
    ran(Set.of(1), "job", "stop", id + "0");
    said("get", "/api/v1/jobs", "job", "list");
    said("get", "/api/v1/jobs/{id}/folds", "job", "output", second);
    said("get", "/api/v1/jobs/{id}/files", "job", "files", second);
    ran(Set.of(2), "run", "F-1", "--on", "x");
    ran(Set.of(2), "run", "--on", "  ", "--ssh", "true", "--reason", "a test");
    ran(Set.of(1), "job", "undo", second);
  }

  @Test
  void theLibraryAndItsMirrors() throws IOException {
    JsonNode tree = said("get", "/api/v1/library/tree", "script", "list");
    assertThat(tree.get("entries").findValuesAsString("path")).contains("README.md");
    JsonNode file = said("get", "/api/v1/library/file", "script", "show", "README.md");
    assertThat(file.get("text").asString()).contains("脚本库");
    JsonNode log = said("get", "/api/v1/library/commits", "script", "log", "README.md");
    String commit = log.at("/items/0/id").asString();
    JsonNode diff = said("get", "/api/v1/library/commits/{id}", "script", "diff", commit);
    assertThat(diff.at("/diff/files/0/to").asString()).isEqualTo("README.md");
    said("get", "/api/v1/library/blame", "script", "blame", "README.md", "--ref", commit);
    said("get", "/api/v1/library/changes", "script", "changes");
    assertThat(ran(Set.of(1), "script", "change", "nowhere").get("status").asInt()).isEqualTo(404);
    assertThat(ran(Set.of(1), "script", "merge", "nowhere", commit).get("status").asInt())
        .isEqualTo(404);
    assertThat(ran(Set.of(1), "script", "show", "nothing.sh").get("status").asInt()).isEqualTo(404);

    Path secret = Files.writeString(folder.resolve("secret"), "a secret\n");
    String nowhere = "rsync://team@127.78.1.51:1/module/x";
    JsonNode put =
        ran(Set.of(0), "mirror", "put", "cli", nowhere, "--secret-file", secret.toString());
    assertFields(put, "name", "url");
    assertThat(put.toString()).doesNotContain("a secret");
    JsonNode listed = said("get", "/api/v1/library/mirrors", "mirror", "list");
    assertThat(listed.get("items").findValuesAsString("name")).contains("cli");
    assertThat(ran(Set.of(1), "mirror", "put", "cli", "ext::sh").get("status").asInt())
        .isEqualTo(422);
    assertFields(ran(Set.of(0), "mirror", "remove", "cli"), "removed");
  }

  @Test
  void aChangeOfTheLibraryIsMerged() throws IOException {
    String basic =
        Base64.getEncoder()
            .encodeToString(("x:" + server.adminToken()).getBytes(StandardCharsets.US_ASCII));
    String[] git = {
      "git", "-c", "http.extraHeader=Authorization: Basic " + basic, "-C", folder.toString()
    };
    run(git, "clone", "-q", server.uri("/git/scripts.git").toString(), "clone");
    Path clone = folder.resolve("clone");
    git[4] = clone.toString();
    Files.writeString(clone.resolve("cli-merge.sh"), "true\n");
    run(git, "add", ".");
    run(git, "-c", "user.name=Test", "-c", "user.email=test@example", "commit", "-qm", "cli");
    run(git, "push", "-q", "origin", "HEAD:cli-merge");
    String tip = run(git, "rev-parse", "HEAD");

    JsonNode change = said("get", "/api/v1/library/change", "script", "change", "cli-merge");
    assertThat(change.toString()).contains(tip);
    JsonNode merged =
        said(
            "post",
            "/api/v1/library/merge",
            "script",
            "merge",
            "cli-merge",
            tip,
            "--reason",
            "nobody else is here");
    assertThat(merged.get("branch").asString()).isEqualTo("cli-merge");
    run(git, "fetch", "-q", "origin");
    assertThat(run(git, "rev-parse", "origin/main")).isEqualTo(merged.get("commit").asString());
    JsonNode file = said("get", "/api/v1/library/file", "script", "show", "cli-merge.sh");
    assertThat(file.get("text").asString()).isEqualTo("true\n");
  }

  private static String run(String[] git, String... words) throws IOException {
    return Shell.run(Stream.concat(Stream.of(git), Stream.of(words)).toArray(String[]::new))
        .strip();
  }

  @Test
  void savedJobs() throws IOException {
    machine("CLI042", "127.78.1.42:1");
    credentialFor("CLI042");
    String on = "asset_no == 'CLI042'";
    String[] save = {
      "job",
      "save",
      "cli-look",
      "--on",
      on,
      "--ssh",
      "echo {word}",
      "--param",
      "word=up",
      "--reason",
      "a test",
      "--cron",
      "30 3 * * 1-5",
      "--zone",
      "Asia/Shanghai"
    };
    JsonNode saved = said("post", "/api/v1/saved-jobs", save);
    assertThat(saved.get("next").asString()).isNotEmpty();
    said("get", "/api/v1/saved-jobs", "job", "saved");
    said("get", "/api/v1/saved-jobs/{name}", "job", "saved", "cli-look");
    String[] start = {"job", "start", "cli-look", "--set", "word=it's"};
    JsonNode preview = said("post", "/api/v1/saved-jobs/{name}/preview", and(start, "--dry-run"));
    assertThat(preview.get("machines").asInt()).isEqualTo(1);
    said("post", "/api/v1/saved-jobs/{name}/start", and(start, "--detach"));
    ran(Set.of(1), "job", "start", "cli-look", "--set", "wrod=hi");
    assertThat(complained).contains("wrod");
    ran(Set.of(1), "job", "agree", "cli-look");
    ran(Set.of(0), "job", "forget", "cli-look");
    ran(Set.of(1), "job", "saved", "cli-look");
  }

  private void credentialFor(String assetNo) {
    String[] add = {
      "credential",
      "add",
      "--kind",
      "ssh-password",
      "--name",
      "jobs-" + assetNo,
      "--user",
      "ops",
      "--for",
      "asset_no == '" + assetNo + "'"
    };
    withInput("a secret\n", () -> said("post", "/api/v1/credentials", add));
  }

  private static String[] and(String[] words, String more) {
    String[] all = java.util.Arrays.copyOf(words, words.length + 1);
    all[words.length] = more;
    return all;
  }

  @Test
  void tokens() {
    JsonNode made =
        said("post", "/api/v1/tokens", "token", "create", "--name", "cli", "--role", "auditor");
    JsonNode listed = said("get", "/api/v1/tokens", "token", "list", "--limit", "500");
    String id = made.get("id").asString();
    assertThat(listed.get("items").findValuesAsString("id")).contains(id);

    assertFields(ran(Set.of(0), "token", "revoke", id), "revoked");
    JsonNode again = ran(Set.of(1), "token", "revoke", id);
    assertFields(again, "type", "title", "status");
    assertThat(complained).startsWith("fettle: ");
  }

  private static String row(String asset, String address) {
    return asset + ",SN" + asset + ",Dell,R740,CLI 机房,K1,3," + address + ",,,\n";
  }

  private AssetId machine(String asset, String address) throws IOException {
    Path csv = Files.writeString(folder.resolve(asset + ".csv"), HEAD + row(asset, address));
    said("post", "/api/v1/register/imports", "import", csv.toString());
    return register.find(asset, SYSTEM).hits().getFirst().id();
  }

  private String fault(AssetId machine) {
    Instant now = clock.instant();
    Reading bad = Reading.bad("", Severity.WARNING, Label.same("wrong"), Map.of("value", 2));
    observations.accept(
        List.of(
            new Observation(
                machine, "test.cli", "test.cli", bad, now.toEpochMilli(), 1, "test", now)));
    FaultFilter open = new FaultFilter(Set.of(), "test.cli", machine);
    return faults.list(open, SYSTEM, null, 1).items().getFirst().id().toString();
  }

  /** The host answers with another key than the pinned one. */
  private void changeTheKey(String key) {
    hostKeys.judge(HOST, Optional.empty(), "ssh-ed25519", "AAAA");
    hostKeys.judge(HOST, Optional.empty(), "ssh-ed25519", key);
  }

  private JsonNode judged(String verb) {
    return said(
        "post",
        "/api/v1/hostkeys/" + verb,
        "hostkey",
        verb,
        HOST.toString(),
        "--reason",
        "reinstalled");
  }

  private static void assertFields(JsonNode document, String... names) {
    assertThat(document.propertyNames()).contains(names);
  }

  /** The document of a command that did what it was told, as the description has it. */
  private JsonNode said(String method, String path, String... words) {
    JsonNode document = ran(Set.of(0), words);
    assertThat(complained).isEmpty();
    api.mustDescribe(method, path, document);
    return document;
  }

  /** Runs one command with --json; its standard output is one document and nothing else. */
  private JsonNode ran(Set<Integer> codes, String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream realOut = System.out;
    PrintStream realErr = System.err;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    int code;
    try {
      Map<String, String> environment =
          Map.of(
              "FETTLE_URL",
              server.uri("/").toString(),
              "FETTLE_TOKEN",
              server.adminToken(),
              "FETTLE_HOME",
              folder.toString());
      List<String> all = new ArrayList<>(Stream.of(words).filter(w -> !w.isEmpty()).toList());
      all.add("--json");
      code = Main.run(environment, all.toArray(String[]::new));
    } finally {
      System.setOut(realOut);
      System.setErr(realErr);
    }
    complained = err.toString(StandardCharsets.UTF_8);
    String text = out.toString(StandardCharsets.UTF_8);
    assertThat(codes).as(String.join(" ", words) + ": " + complained + text).contains(code);
    return JsonMapper.shared().readTree(text);
  }

  private interface Deed {
    JsonNode run();
  }

  private static JsonNode withInput(String text, Deed deed) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    try {
      return deed.run();
    } finally {
      System.setIn(before);
    }
  }
}
