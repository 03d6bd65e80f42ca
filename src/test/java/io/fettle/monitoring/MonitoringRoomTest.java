package io.fettle.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.Imports;
import io.fettle.cmdb.Register;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Role;
import io.fettle.kernel.Verdict;
import io.fettle.kernel.Viewer;
import io.fettle.support.FettleTest;
import io.fettle.support.RealSshd;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/** The whole way of a check that is data: from a file over a real sshd to a fault and its end. */
@SuppressWarnings("NullAway.Init")
@FettleTest
class MonitoringRoomTest {
  private static final String CHECK =
      """
      name: site.flag
      label: {zh: 标记文件, en: flag file}
      for: "asset_no == 'MR-1'"
      section: |
        if [ -e '%s' ]; then echo 'FLAG CRITICAL <script>alert(1)</script>|n=1'; exit 2; fi
        echo 'FLAG OK'
      """;

  private static Path checks;
  private static Path flag;
  private static RealSshd sshd;

  @Autowired private TestServer server;
  @Autowired private Imports imports;
  @Autowired private Register register;
  @Autowired private Monitoring monitoring;
  @Autowired private Observations observations;

  @DynamicPropertySource
  static void quick(DynamicPropertyRegistry properties) {
    checks = folder();
    flag = checks.resolve("flag");
    properties.add("fettle.monitoring.checks", checks::toString);
    properties.add("fettle.monitoring.interval", () -> "2s");
    properties.add("fettle.monitoring.retry-interval", () -> "1s");
    properties.add("fettle.monitoring.bad", () -> "2");
    properties.add("fettle.monitoring.of", () -> "3");
  }

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    sshd.user("watch", "Watch-Secret-1");
    sshd.sudoers("watch ALL=(ALL) NOPASSWD: ALL");
  }

  @AfterAll
  static void stop() {
    sshd.close();
  }

  @Test
  void fromAFileToAFaultAndItsEnd() throws Exception {
    AssetId machine = machine();
    Files.writeString(checks.resolve("flag.yml"), CHECK.formatted(flag));
    await("bound", () -> !monitoring.bound(machine).isEmpty());
    await("seen fine", () -> seen(machine, Verdict.OK));
    assertThat(faults()).isEmpty();

    Files.writeString(flag, "");
    await("confirmed", () -> faults().stream().anyMatch(f -> !state(f).equals("SUSPECT")));
    JsonNode fault = faults().getFirst();
    assertThat(fault.get("class").asString()).isEqualTo("site.flag");
    assertThat(fault.get("asset_no").asString()).isEqualTo("MR-1");
    assertThat(fault.get("severity").asString()).isEqualTo("CRITICAL");
    String id = fault.get("id").asString();
    JsonNode whole = server.get(Role.OPERATOR, "/api/v1/faults/" + id).json();
    assertThat(whole.get("story").size()).isGreaterThanOrEqualTo(2);
    assertThat(whole.at("/story/0/details/evidence/output").asString()).contains("<script>");
    assertThat(server.get(Role.OWNER, "/api/v1/faults/" + id).status()).isEqualTo(404);
    assertThat(server.get(Role.OWNER, "/api/v1/faults").json().get("items")).isEmpty();
    assertThat(server.get(Role.AUDITOR, "/api/v1/faults?state=NOPE").status()).isEqualTo(422);

    Files.delete(flag);
    await("recovered", () -> faults().stream().anyMatch(f -> state(f).equals("RECOVERED")));
    assertThat(seen(machine, Verdict.BAD)).isTrue();
  }

  @Test
  void aCheckIsTriedOnceAndNothingIsStored() throws Exception {
    AssetId machine = machine();
    Answer tried =
        tryCheck(
            "name: site.try\nlabel: {zh: 试, en: try}\nfor: \"asset_no == 'MR-1'\"\nsection: 'id -u; exit 1'\n");

    assertThat(tried.status()).as(tried.body()).isEqualTo(200);
    assertThat(tried.json().get("applies").asBoolean()).isTrue();
    assertThat(tried.json().at("/readings/0/verdict").asString()).isEqualTo("BAD");
    assertThat(tried.json().at("/readings/0/summary/en").asString()).isEqualTo("0");
    assertThat(observations.of(machine, "site.try", Instant.EPOCH, 10)).isEmpty();
    JsonNode record =
        server.get(Role.AUDITOR, "/api/v1/audit?action=check.tried").json().at("/items/0");
    assertThat(record.toString())
        .contains("machine:MR-1", "site.try", "id -u; exit 1", "sha256", "ADMINISTRATOR");

    Answer wrong = tryCheck("name: site.try\nlabel: {zh: 试, en: try}\nfor: x\nsektion: y\n");
    assertThat(wrong.status()).isEqualTo(422);
    assertThat(wrong.body()).contains("check.yml:4:1");
    assertThat(server.post(Role.OPERATOR, "/api/v1/checks/try", Map.of()).status()).isEqualTo(403);
  }

  @Test
  void maintenanceIsDeclaredSeenAndEnded() throws Exception {
    machine();
    String until = Instant.now().plus(Duration.ofHours(1)).toString();
    Answer declared =
        server.post(
            Role.OPERATOR,
            "/api/v1/maintenance",
            Map.of("machine", "MR-1", "until", until, "reason", "new disks"));
    assertThat(declared.status()).as(declared.body()).isEqualTo(201);
    assertThat(declared.json().get("machine").asString()).isEqualTo("MR-1");
    long id = declared.json().get("id").asLong();
    assertThat(server.get(Role.AUDITOR, "/api/v1/maintenance").body()).contains("new disks");
    Answer ended =
        server.send(server.token(Role.OPERATOR), "DELETE", "/api/v1/maintenance/" + id, null);
    assertThat(ended.status()).isEqualTo(200);
    assertThat(server.get(Role.AUDITOR, "/api/v1/maintenance").body()).doesNotContain("new disks");

    for (Map<String, String> bad :
        List.of(
            Map.of("machine", "MR-1", "until", until, "reason", " "),
            Map.of("machine", "MR-1", "until", "soon", "reason", "x"),
            Map.of("machine", "MR-1", "until", "2020-01-01T00:00:00Z", "reason", "x"),
            Map.of("query", "true", "until", until, "reason", "x"),
            Map.of("kind", "silence", "machine", "MR-1", "until", until, "reason", "x"),
            Map.of("until", until, "reason", "x")))
      assertThat(server.post(Role.OPERATOR, "/api/v1/maintenance", bad).status())
          .as(bad.toString())
          .isEqualTo(422);
  }

  private AssetId machine() throws IOException {
    Path file = Files.createTempFile("monitoring", ".csv");
    Files.writeString(
        file,
        "资产号,序列号,厂商,型号,机房,机柜,IP\nMR-1,SNMR1,Dell,R740,SH1,R1,%s\n".formatted(sshd.endpoint()));
    imports.apply(file, "monitoring.csv", new Actor(Actor.Kind.PERSON, "ann"));
    Files.delete(file);
    server.post(
        Role.ADMINISTRATOR,
        "/api/v1/credentials",
        Map.of(
            "kind", "ssh-key",
            "name", "mr1",
            "user", "watch",
            "secret", new String(sshd.key()),
            "for", "asset_no == 'MR-1'",
            "priority", 0));
    return register.find("MR-1", Viewer.system("test")).hits().getFirst().id();
  }

  private Answer tryCheck(String text) {
    return server.post(
        Role.ADMINISTRATOR, "/api/v1/checks/try", Map.of("check", text, "on", "MR-1"));
  }

  private List<JsonNode> faults() {
    Answer answer = server.get(Role.OPERATOR, "/api/v1/faults?class=site.flag&machine=MR-1");
    return answer.json().get("items").valueStream().toList();
  }

  private static String state(JsonNode fault) {
    return fault.get("state").asString();
  }

  private boolean seen(AssetId machine, Verdict verdict) {
    return observations.of(machine, "site.flag", Instant.EPOCH, 50).stream()
        .anyMatch(seen -> seen.reading().verdict() == verdict);
  }

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("fettle-checks-");
      folder.toFile().setReadable(true, false);
      folder.toFile().setExecutable(true, false);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(String what, BooleanSupplier is) throws InterruptedException {
    Instant end = Instant.now().plusSeconds(90);
    while (!is.getAsBoolean()) {
      if (Instant.now().isAfter(end)) throw new AssertionError("not " + what + " in 90 s");
      Thread.sleep(200);
    }
  }
}
