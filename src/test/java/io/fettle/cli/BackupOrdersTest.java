package io.fettle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cli.Clone.Run;
import io.fettle.support.WholeProcess;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server is backed up by command, killed in the middle of another backup, and is back elsewhere.
 */
class BackupOrdersTest {
  @TempDir Path folder;

  @Test
  void anotherMachineIsTheFirstOneAgain() throws Exception {
    // The databases then lie in here too, and go with it.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Clone clone = Clone.make(Files.createDirectory(folder.resolve("clone")));
    String backups = folder.resolve("backups").toString();
    Path key = folder.resolve("backup.key.copy");
    Path master = folder.resolve("master.key.copy");
    String id;
    String token;
    try (WholeProcess first =
        new WholeProcess(
            folder.resolve("home"),
            Map.of(
                "FETTLE_BACKUP_KEEP",
                "1",
                "FETTLE_BACKUP_TARGETS_SHARE_URL",
                "file://" + folder.resolve("share")))) {
      first.start();
      Map<String, String> here = home(first.home());
      token =
          said(clone, here, "token", "create", "--name", "kept", "--role", "auditor")
              .get("token")
              .asString();

      JsonNode made = said(clone, here, "backup", backups);
      id = made.get("backup").asString();
      JsonNode listed = said(clone, here, "backup", "list", backups);
      assertThat(listed.at("/items/0/id").asString()).isEqualTo(id);
      OpenApi api = new OpenApi(first.get("/v3/api-docs"));
      api.mustDescribe("get", "/api/v1/backups/work", made);
      api.mustDescribe("get", "/api/v1/backups", listed);
      JsonNode targets = said(clone, here, "backup", "targets");
      assertThat(targets.at("/items/0/name").asString()).isEqualTo("share");
      api.mustDescribe("get", "/api/v1/backups/targets", targets);
      assertThat(first.get("/api/v1/status").at("/health/backup_target_share/ok").asBoolean())
          .isTrue();
      assertThat(said(clone, here, "backup", "verify", backups).get("rows").asLong())
          .isGreaterThan(10);
      exports(clone, here, key, master);
      assertThat(first.get("/api/v1/status").at("/health/backup/ok").asBoolean()).isTrue();
      assertThat(first.get("/api/v1/status").at("/health/backup/wanting").asBoolean())
          .as("there is a place for copies")
          .isFalse();

      keepsTheNewestAndTheProven(clone, here);

      first.post("/api/v1/backups", Map.of("folder", folder.resolve("half").toString()));
      WholeProcess.await(
          "a piece is written",
          java.time.Duration.ofSeconds(20),
          () -> Files.exists(folder.resolve("half/chunks")));
      first.kill();
      Run down = clone.run(here, "down");
      assertThat(down.exit()).as(down.err()).isZero();
    }
    Map<String, String> there = home(folder.resolve("other"));
    String[] keys = {"--key", key.toString(), "--master-key", master.toString(), "--json"};

    Run half = restore(clone, there, folder.resolve("half").toString(), keys);
    assertThat(half.exit()).isEqualTo(1);
    assertThat(JsonMapper.shared().readTree(half.out()).get("title").asString())
        .contains("no backup in");
    Run whole = restore(clone, there, backups, keys);
    assertThat(whole.exit()).as(whole.err()).isZero();
    assertThat(JsonMapper.shared().readTree(whole.out()).get("backup").asString()).isEqualTo(id);
    try (WholeProcess second = new WholeProcess(folder.resolve("other"), Map.of())) {
      second.start();
      assertThat(who(second, token)).isEqualTo("kept");
      Run running = restore(clone, there, backups, keys);
      assertThat(running.err()).contains("is not empty");
    }
  }

  /** In the folder of the schedule, of which one backup is kept. */
  private static void keepsTheNewestAndTheProven(Clone clone, Map<String, String> here)
      throws Exception {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      made.add(said(clone, here, "backup").get("backup").asString());
      if (i == 0) said(clone, here, "backup", "verify");
    }
    JsonNode kept = said(clone, here, "backup", "list").get("items");
    assertThat(kept.findValuesAsString("id")).containsExactly(made.get(2), made.get(0));
    assertThat(said(clone, here, "backup", "verify", "--at", made.get(0)).get("state").asString())
        .isEqualTo("DONE");
  }

  private static void exports(Clone clone, Map<String, String> here, Path key, Path master)
      throws Exception {
    Run keys = clone.run(here, "backup", "key", key.toString(), "--master-key", master.toString());
    assertThat(keys.exit()).as(keys.err()).isZero();
    assertThat(Files.getPosixFilePermissions(key)).hasSize(2);
    assertThat(Files.getPosixFilePermissions(master)).hasSize(2);
    assertThat(keys.out() + keys.err()).doesNotContain(Files.readString(key).strip());
    assertThat(clone.run(here, "backup", "key", key.toString()).err())
        .contains("is not overwritten");
  }

  private static String who(WholeProcess server, String token) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri().resolve("/api/v1/me"))
            .header("Authorization", "Bearer " + token)
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      String me = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      return JsonMapper.shared().readTree(me).path("name").asString();
    }
  }

  private static Run restore(Clone clone, Map<String, String> there, String from, String... keys)
      throws Exception {
    return clone.run(
        there, Stream.concat(Stream.of("restore", from), Stream.of(keys)).toArray(String[]::new));
  }

  private static Map<String, String> home(Path home) {
    return Map.of("FETTLE_HOME", home.toString());
  }

  private static JsonNode said(Clone clone, Map<String, String> here, String... words)
      throws Exception {
    Run run =
        clone.run(
            here, Stream.concat(Stream.of(words), Stream.of("--json")).toArray(String[]::new));
    assertThat(run.exit()).as(String.join(" ", words) + ": " + run.err()).isZero();
    return JsonMapper.shared().readTree(run.out());
  }
}
