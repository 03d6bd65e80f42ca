package io.fettle.journey;

import static io.fettle.support.WholeProcess.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.support.Shell;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is wrong with Fettle itself is a fault with a ticket, by the engine that machines have: a
 * mirror whose disk is gone, a backup whose disk is full; and both are over once they are well.
 */
class OwnFaultsTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void aMirrorThatIsGoneAndABackupThatFailsAreTicketsUntilTheyAreWell(@TempDir Path folder)
      throws Exception {
    Path full = Files.createDirectory(folder.resolve("backups"));
    Path mirror = folder.resolve("mirror.git");
    Shell.run("git", "init", "-q", "--bare", "-b", "main", mirror.toString());
    Shell.run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", full.toString());
    try (WholeProcess server =
        new WholeProcess(folder.resolve("home"), settings(full, folder.resolve("no-checks")))) {
      Path left = Files.createDirectories(server.home().resolve("library")).resolve("key-killed");
      Files.writeString(left, "what kill -9 leaves of an ssh mirror");
      server.start();
      assertThat(left).doesNotExist();
      JsonNode fleet = server.get("/api/v1/status").path("machines");
      mirror(server, mirror);
      await("mirrored", SOON, () -> head(mirror).equals(head(server)));

      Path away = Files.move(mirror, folder.resolve("unplugged.git"));
      push(server, folder);
      JsonNode backup = escalated(server, "fettle.backup");
      JsonNode behind = escalated(server, "fettle.mirror");

      assertThat(backup.path("asset_no").asString()).isEqualTo("Fettle");
      assertThat(backup.path("summary").toString()).contains("failed").contains("No space left");
      assertThat(behind.path("component").asString()).isEqualTo("elsewhere");
      assertThat(behind.path("summary").toString()).contains("mirror elsewhere is behind");
      assertThat(tickets(server, "fettle.backup"))
          .singleElement()
          .satisfies(
              t -> assertThat(t.path("title").toString()).contains("Fettle: The last backup"));
      assertThat(tickets(server, "fettle.mirror")).hasSize(1);
      assertThat(items(server, "/api/v1/faults?machine=Fettle"))
          .extracting(fault -> fault.path("id").asString())
          .contains(backup.path("id").asString(), behind.path("id").asString());
      assertThat(items(server, "/api/v1/tickets?machine=fettle")).hasSizeGreaterThanOrEqualTo(2);
      assertThat(server.get("/api/v1/status").path("machines")).isEqualTo(fleet);
      assertThat(server.get("/api/v1/assets?count=true").path("items")).isEmpty();

      Files.move(away, mirror);
      Shell.run("umount", full.toString());
      await("both are over", Duration.ofSeconds(60), () -> over(server, backup, behind));
      await(
          "no ticket is left open",
          SOON,
          () ->
              tickets(server, "fettle.backup").isEmpty()
                  && tickets(server, "fettle.mirror").isEmpty());
      assertThat(head(mirror)).isEqualTo(head(server));
      assertThat(server.get("/api/v1/faults/" + backup.path("id").asString()).path("fixed_by"))
          .hasToString("\"self\"");
      aFolderThatIsNotMounted(server, full);
      aLibraryThatLostACommit(server);
    } finally {
      Shell.tryRun(List.of("umount", "-l", full.toString()));
    }
  }

  /** The empty place is not filled: it may be the system's own disk. */
  private static void aFolderThatIsNotMounted(WholeProcess server, Path folder) throws Exception {
    Path disk = Files.move(folder, folder.resolveSibling("disk"));
    Files.createDirectory(folder);

    JsonNode gone = escalated(server, "fettle.backup");

    assertThat(gone.path("summary").toString())
        .containsAnyOf("is not in " + folder, "is it mounted?");
    for (int i = 0; i < 300; i++) {
      String why = server.get("/api/v1/backups/work").path("why").asString();
      if (why.contains("is it mounted?")) break;
      assertThat(i).as("no backup goes there: " + why).isLessThan(299);
      TimeUnit.MILLISECONDS.sleep(100);
    }
    try (Stream<Path> there = Files.list(folder)) {
      assertThat(there).isEmpty();
    }
    Files.delete(folder);
    Files.move(disk, folder);
    await("it is over", Duration.ofSeconds(60), () -> over(server, gone));
  }

  @Test
  void aMissedBackupIsATicketUntilOneIsTaken(@TempDir Path folder) throws Exception {
    Map<String, String> settings = new HashMap<>(settings(folder, folder.resolve("no-checks")));
    settings.keySet().removeIf(name -> name.startsWith("FETTLE_BACKUP_"));
    try (WholeProcess server = new WholeProcess(folder.resolve("home"), settings)) {
      server.start();
      sql(
          server.home(),
          """
          insert into backup.run (kind, folder, backup, actor, began_at, ended_at, ok, files, bytes,
            stored, compared_rows, why_zh, why_en)
          values ('BACKUP', '%s', '20000101T000000.000Z', 'system:backup', now() - interval '10 h',
            now() - interval '10 h', true, 1, 1, 1, 0, '', '')
          """
              .formatted(server.home().toRealPath().resolve("backups")));

      JsonNode missed = escalated(server, "fettle.backup");

      assertThat(missed.path("summary").toString())
          .contains("A backup was missed: the last is 10 h old and one is due every 6 h");
      assertThat(tickets(server, "fettle.backup"))
          .singleElement()
          .satisfies(t -> assertThat(t.path("title").toString()).contains("A backup was missed"));
      server.post("/api/v1/backups", Map.of());
      await("it is over", Duration.ofSeconds(60), () -> over(server, missed));
      await("no ticket is left open", SOON, () -> tickets(server, "fettle.backup").isEmpty());
    }
  }

  /** In the server's own database, as its owner. */
  private static void sql(Path home, String text) throws Exception {
    Properties kept = new Properties();
    try (Reader reader = Files.newBufferedReader(home.resolve("database.properties"))) {
      kept.load(reader);
    }
    String url = "jdbc:postgresql://127.0.0.1:" + kept.getProperty("port") + "/fettle";
    try (Connection connection =
            DriverManager.getConnection(url, "fettle", kept.getProperty("owner-password"));
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  /** As a copy of an older state, put in place by hand. */
  private static void aLibraryThatLostACommit(WholeProcess server) throws Exception {
    String store = server.home().resolve("library/scripts.git").toString();
    String main = head(server);
    Shell.run("git", "-C", store, "update-ref", "refs/heads/main", main + "^");
    JsonNode lost = escalated(server, "fettle.library");
    assertThat(lost.path("summary").toString())
        .contains("has lost commit " + main.substring(0, 10));
    assertThat(
            server.get("/api/v1/status").path("health").path("library").path("ok").asBoolean(true))
        .isFalse();
    String tree = main + "^{tree}";
    String said =
        Shell.run(
            "git",
            "-c",
            "user.name=x",
            "-c",
            "user.email=x@x",
            "-C",
            store,
            "commit-tree",
            "-p",
            main + "^",
            "-m",
            "other",
            tree);
    String other = said.strip().substring(said.strip().lastIndexOf('\n') + 1);
    Shell.run("git", "-C", store, "update-ref", "refs/heads/other", other);
    assertThatThrownBy(() -> merge(server, "other", other))
        .as("a merge would make it look right")
        .hasMessageContaining("lacks the commit " + main);
    Shell.run("git", "-C", store, "update-ref", "-d", "refs/heads/other");
    Shell.run("git", "-C", store, "update-ref", "refs/heads/main", main);
    await("the library is whole again", SOON, () -> over(server, lost));
  }

  private static void merge(WholeProcess server, String branch, String tip) throws IOException {
    server.post("/api/v1/library/merge", Map.of("branch", branch, "tip", tip, "reason", "a test"));
  }

  private static Map<String, String> settings(Path backups, Path checks) {
    return Map.of(
        "FETTLE_BACKUP_INTERVAL",
        "8s",
        "FETTLE_BACKUP_FOLDER",
        backups.toString(),
        "FETTLE_MONITORING_INTERVAL",
        "1s",
        "FETTLE_MONITORING_RETRYINTERVAL",
        "1s",
        "FETTLE_MONITORING_CHECKS",
        checks.toString(),
        "FETTLE_FAULT_STABLEFOR",
        "2s",
        "FETTLE_REMEDIATION_HANDOVER",
        "1s",
        "FETTLE_LIBRARY_SWEEP",
        "500ms",
        "FETTLE_LIBRARY_MIRRORRETRY",
        "500ms",
        "FETTLE_LIBRARY_RSYNC_PORT",
        "" + ThreadLocalRandom.current().nextInt(20_000, 30_000));
  }

  private static void mirror(WholeProcess server, Path repository) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri().resolve("/api/v1/library/mirrors/elsewhere"))
            .header("Authorization", "Bearer " + Files.readString(server.token()).strip())
            .header("Content-Type", "application/json")
            .PUT(
                HttpRequest.BodyPublishers.ofString(
                    JsonMapper.shared()
                        .writeValueAsString(Map.of("url", "file://" + repository, "secret", ""))))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(204);
    }
  }

  private static void push(WholeProcess server, Path folder) throws IOException {
    URI library = server.uri().resolve("/git/scripts.git");
    Path clone = folder.resolve("clone");
    git(server, "clone", "-q", library.toString(), clone.toString());
    Files.writeString(clone.resolve("new.sh"), "true\n");
    git(server, "-C", clone.toString(), "add", ".");
    git(
        server,
        "-C",
        clone.toString(),
        "-c",
        "user.name=Test",
        "-c",
        "user.email=test@example",
        "commit",
        "-qm",
        "new");
    git(server, "-C", clone.toString(), "push", "-q", "-o", "reason=test", "origin", "HEAD:main");
  }

  private static String git(WholeProcess server, String... words) throws IOException {
    String token = Files.readString(server.token()).strip();
    String basic =
        Base64.getEncoder().encodeToString(("x:" + token).getBytes(StandardCharsets.US_ASCII));
    List<String> command =
        new java.util.ArrayList<>(
            List.of("git", "-c", "http.extraHeader=Authorization: Basic " + basic));
    command.addAll(List.of(words));
    return Shell.run(command.toArray(String[]::new)).strip();
  }

  private static String head(Path repository) {
    return Shell.tryRun(List.of("git", "-C", repository.toString(), "rev-parse", "main"))
        .out()
        .strip();
  }

  private static String head(WholeProcess server) {
    try {
      String library = server.uri().resolve("/git/scripts.git").toString();
      return git(server, "ls-remote", library, "refs/heads/main").split("\\s")[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode escalated(WholeProcess server, String faultClass) throws Exception {
    String list = "/api/v1/faults?state=ESCALATED&class=" + faultClass;
    await(
        faultClass + " waits for a person",
        SOON,
        () -> !items(server, list).isEmpty() && !tickets(server, faultClass).isEmpty());
    return items(server, list).getFirst();
  }

  private static List<JsonNode> tickets(WholeProcess server, String faultClass) {
    return items(server, "/api/v1/tickets?class=" + faultClass);
  }

  private static List<JsonNode> items(WholeProcess server, String path) {
    try {
      List<JsonNode> all = new java.util.ArrayList<>();
      server.get(path).path("items").forEach(all::add);
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean over(WholeProcess server, JsonNode... faults) {
    try {
      for (JsonNode fault : faults)
        if (!server
            .get("/api/v1/faults/" + fault.path("id").asString())
            .path("state")
            .asString()
            .matches("RECOVERED|CLOSED")) return false;
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
