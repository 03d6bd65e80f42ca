package io.fettle.journey;

import static io.fettle.support.WholeProcess.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.support.LabProcess;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.io.Reader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;

/**
 * The machine with everything on it is unplugged in the middle of repairs: from a backup taken
 * meanwhile another one is at work again and sends nothing twice.
 *
 * <p>Its size is that of the everyday build; {@code -Dfettle.drill=2000} is the whole drill.
 */
class LostMachineTest {
  private static final int MACHINES = Integer.getInteger("fettle.drill", 30);
  private static final boolean WHOLE = MACHINES > 1_000;
  private static final int BROKEN = 7;

  /** The lab's few seconds are for a few machines. */
  private static final Map<String, String> MANY =
      Map.of(
          "FETTLE_LAB",
          "true",
          "FETTLE_MONITORING_INTERVAL",
          "60s",
          "FETTLE_MONITORING_RETRYINTERVAL",
          "5s");

  private static final Duration PATIENCE = Duration.ofMinutes(WHOLE ? 10 : 3);

  /** After the backup: only the other machine can learn of them. */
  private static final int LATER = 3;

  /** Spread over the racks, each of which allows one repair at a time. */
  private static final int APART = 3;

  /** In the whole drill only. */
  private static final int TICKETS = 10;

  private static final int SCRIPTS = 100;

  private Path folder = Path.of("");

  @BeforeEach
  void makeTheFolder() throws IOException {
    folder = Files.createTempDirectory(Path.of("/tmp"), "fettle-drill-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void removeTheFolder() throws IOException {
    FileSystemUtils.deleteRecursively(folder);
  }

  @Test
  void anotherMachineIsAtWorkAgain() throws Exception {
    Map<String, String> lab = WHOLE ? MANY : Map.of("FETTLE_LAB", "true");
    try (WholeProcess first = new WholeProcess(folder.resolve("first"), lab)) {
      first.start();
      try (LabProcess fleet = new LabProcess(folder.resolve("lab"), MACHINES, first, 2_600)) {
        await("fleet known", Duration.ofMinutes(10), () -> count(first, "machines") == MACHINES);
        await("visited", Duration.ofMinutes(10), () -> healthy(first, "monitoring"));
        if (WHOLE) accept(first, fleet);
        String job = halfDone(first);
        String stolen = Files.readString(first.token()).strip();
        List<String> broken = broken(fleet, 0, BROKEN);
        stopWhileOneIsSent(first, fleet);
        backUp(first);
        int tickets = count(first, "tickets/open");
        signal("CONT", fleet.pid());
        broken.addAll(broken(fleet, APART * BROKEN, LATER));
        destroy(first);
        assertThat(written(fleet, broken).size()).as("in the middle").isLessThan(broken.size());

        long lost = System.nanoTime();
        Instant lostAt = Instant.now();
        restore(keys());
        try (WholeProcess second = new WholeProcess(folder.resolve("second"), lab)) {
          second.start();
          System.out.println(
              "drill: machines=%d at work again after %d s"
                  .formatted(MACHINES, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - lost)));
          assertThat(TimeUnit.NANOSECONDS.toMinutes(System.nanoTime() - lost)).isLessThan(10);
          assertThat(count(second, "machines")).isEqualTo(MACHINES);
          await("no job goes on", PATIENCE, () -> verdicts(second, job).contains("UNKNOWN"));
          assertThat(verdicts(second, job)).isEqualTo("{\"OK\":1,\"UNKNOWN\":2}");
          assertThat(opens(second, stolen)).as("the lost machine's own token").isEqualTo(401);
          assertThat(count(second, "tickets/open")).isGreaterThanOrEqualTo(tickets);
          await("all repaired", PATIENCE, () -> mended(fleet, broken));
          await("nothing in doubt", PATIENCE, () -> underWay(second) == 0);
          assertThat(written(fleet, broken)).containsExactlyInAnyOrderElementsOf(broken);
          assertThat(sentThen(second, lostAt))
              .as("in flight comes back in doubt")
              .doesNotContain(false);
          assertThat(doubted(second, lostAt)).isNotEmpty();
          if (WHOLE) assertThat(scripts(second)).isEqualTo(SCRIPTS);
        }
      }
    }
  }

  /** A job whose first machine is done, and which has an hour's pause before the others. */
  private static String halfDone(WholeProcess server) throws Exception {
    Map<String, Object> wish =
        Map.of(
            "on",
            "asset_no in ['ZC004027', 'ZC004028', 'ZC004029']",
            "ssh",
            "hostname",
            "reason",
            "drill",
            "steps",
            "1,100%",
            "pause",
            "1h");
    String id = server.post("/api/v1/jobs", wish).path("id").asString();
    await("half done", PATIENCE, () -> verdicts(server, id).equals("{\"OK\":1}"));
    return id;
  }

  private static String verdicts(WholeProcess server, String job) {
    try {
      return server.get("/api/v1/jobs/" + job).path("verdicts").toString();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static int opens(WholeProcess server, String token) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri().resolve("/api/v1/status"))
            .header("Authorization", "Bearer " + token)
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  /** Breaks the cards of some machines; one of a make unknown to Fettle stays whole. */
  private static List<String> broken(LabProcess fleet, int from, int count) throws IOException {
    List<String> broken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String asset = "ZC%06d".formatted(4000 + from + APART * i);
      if (fleet.tell("state " + asset).path("make").asString().equals("UNKNOWN")) continue;
      fleet.tell("inject bmc.nic_mode " + asset);
      broken.add(asset);
    }
    return broken;
  }

  /** Tickets that wait for people, and scripts that they wrote. */
  private void accept(WholeProcess server, LabProcess fleet) throws Exception {
    int strange = 0;
    for (int i = MACHINES / 2; i < MACHINES && strange < TICKETS; i++) {
      String asset = "ZC%06d".formatted(4000 + i);
      if (!fleet.tell("state " + asset).path("make").asString().equals("UNKNOWN")) continue;
      fleet.tell("inject bmc.nic_mode " + asset);
      strange++;
    }
    int wanted = strange;
    await("tickets", Duration.ofMinutes(8), () -> count(server, "tickets/open") >= wanted);
    Path clone = folder.resolve("clone");
    String token = Files.readString(server.token()).strip();
    String url = "http://anybody:" + token + "@" + server.uri().getAuthority() + "/git/scripts.git";
    git(folder, "clone", "-q", url, clone.toString());
    for (int i = 0; i < SCRIPTS; i++)
      Files.writeString(
          Files.createDirectories(clone.resolve("drill")).resolve(i + ".sh"), "echo " + i + "\n");
    git(clone, "add", "-A");
    git(clone, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "drill");
    git(clone, "push", "-q", "origin", "HEAD:refs/heads/drill");
  }

  private static void git(Path where, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(words));
    assertThat(new ProcessBuilder(command).directory(where.toFile()).start().waitFor()).isZero();
  }

  private int scripts(WholeProcess server) throws IOException {
    return server.get("/api/v1/library/tree?ref=drill&path=drill").path("entries").size();
  }

  /** The cards fall silent while an attempt is under way: nobody can know what it did. */
  private static void stopWhileOneIsSent(WholeProcess server, LabProcess fleet) throws Exception {
    String sending = "select 1 from remediation.attempt where status = 'SENDING'";
    try (Connection database = database(server)) {
      await(
          "stopped in the middle of sending",
          PATIENCE,
          () -> {
            for (int i = 0; i < 100; i++) {
              if (rows(database, sending).isEmpty()) continue;
              signal("STOP", fleet.pid());
              if (!rows(database, sending).isEmpty()) return true;
              signal("CONT", fleet.pid());
            }
            return false;
          });
    }
  }

  /** Of every attempt that was under way when the machine was lost: was it in doubt afterwards? */
  private static List<Boolean> sentThen(WholeProcess server, Instant lost) throws Exception {
    return ask(
        server,
        "select r.had_doubt from remediation.attempt a join remediation.run r on r.id = a.run_id"
            + " where a.sent_at < '%1$s' and (a.ended_at is null or a.ended_at > '%1$s')"
                .formatted(lost));
  }

  private static List<Boolean> doubted(WholeProcess server, Instant lost) throws Exception {
    return ask(
        server,
        "select true from remediation.run where had_doubt and started_at < '%1$s' and ended_at > '%1$s'"
            .formatted(lost));
  }

  private static List<Boolean> ask(WholeProcess server, String query) throws Exception {
    try (Connection database = database(server)) {
      return rows(database, query);
    }
  }

  private static Connection database(WholeProcess server) throws Exception {
    Properties kept = new Properties();
    try (Reader in = Files.newBufferedReader(server.home().resolve("database.properties"))) {
      kept.load(in);
    }
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + kept.getProperty("port") + "/fettle",
        "fettle",
        kept.getProperty("owner-password"));
  }

  private static List<Boolean> rows(Connection database, String query) {
    try (Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      List<Boolean> all = new ArrayList<>();
      while (row.next()) all.add(row.getBoolean(1));
      return all;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void signal(String name, long pid) {
    try {
      new ProcessBuilder("kill", "-" + name, "" + pid).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void backUp(WholeProcess server) throws Exception {
    server.post("/api/v1/backups", Map.of("folder", folder.resolve("backups").toString()));
    await("backup", Duration.ofMinutes(5), () -> !state(server).equals("RUNNING"));
    assertThat(state(server)).as(server.get("/api/v1/backups/work").toString()).isEqualTo("DONE");
    Files.createDirectory(folder.resolve("keys"));
    for (String key : List.of("backup.key", "master.key"))
      Files.copy(server.home().resolve(key), folder.resolve("keys").resolve(key));
  }

  private static String state(WholeProcess server) {
    try {
      return server.get("/api/v1/backups/work").path("state").asString();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Power and disk are gone; nothing is shut down. */
  private void destroy(WholeProcess server) throws Exception {
    Path pid = server.home().resolve("postgres/data/postmaster.pid");
    long postgres = Long.parseLong(Files.readAllLines(pid).getFirst().strip());
    server.kill();
    ProcessHandle.of(postgres).ifPresent(ProcessHandle::destroyForcibly);
    await("gone", Duration.ofSeconds(20), () -> ProcessHandle.of(postgres).isEmpty());
    await("emptied", Duration.ofSeconds(20), () -> emptied(server.home()));
  }

  /** The backends of a killed server still write for a moment. */
  private static boolean emptied(Path home) {
    try {
      return FileSystemUtils.deleteRecursively(home) || !Files.exists(home);
    } catch (IOException e) {
      return false;
    }
  }

  private List<String> keys() {
    return List.of(
        "--key",
        folder.resolve("keys/backup.key").toString(),
        "--master-key",
        folder.resolve("keys/master.key").toString());
  }

  private void restore(List<String> keys) throws Exception {
    Map<String, String> environment = new HashMap<>();
    environment.put("FETTLE_HOME", folder.resolve("second").toString());
    environment.put("FETTLE_CONF", folder.resolve("conf/fettle.yml").toString());
    Path log = folder.resolve("restore.log");
    Process restore =
        WholeProcess.java(
            "io.fettle.backup.RestoreProgram",
            log,
            environment,
            List.of("-Xmx192m", "-XX:TieredStopAtLevel=1"),
            Stream.concat(Stream.of(folder.resolve("backups").toString()), keys.stream()).toList());
    assertThat(restore.waitFor()).as(WholeProcess.tail(log)).isZero();
  }

  private static int count(WholeProcess server, String path) {
    try {
      return server.get("/api/v1/status").at("/" + path).asInt(-1);
    } catch (IOException e) {
      return -1;
    }
  }

  private static boolean healthy(WholeProcess server, String part) {
    try {
      return server.get("/api/v1/status").at("/health/" + part + "/ok").asBoolean(false);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean mended(LabProcess fleet, List<String> assets) {
    try {
      for (String asset : assets)
        if (!fleet.tell("state " + asset).path("broken").isEmpty()) return false;
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The machine of each execution of a repair, as the cards wrote it down. */
  private static List<String> written(LabProcess fleet, List<String> broken) {
    try {
      return fleet.journal().stream()
          .filter(l -> broken.contains(l.machine()) && l.via().equals("ipmi"))
          .filter(l -> l.what().startsWith("netfn 30"))
          .map(LabProcess.Line::machine)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static int underWay(WholeProcess server) {
    int sum = 0;
    for (String state : List.of("PLANNED", "RUNNING", "VERIFYING", "UNCERTAIN"))
      sum += count(server, "faults/" + state);
    return sum;
  }
}
