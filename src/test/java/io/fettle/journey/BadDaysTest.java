package io.fettle.journey;

import static io.fettle.support.WholeProcess.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.support.LabProcess;
import io.fettle.support.Shell;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/**
 * Bad days of the whole process on a small fleet: its database dies or has no room, machines behave
 * badly, a third of the fleet goes dark. Fettle's home is a disk of its own that can be filled.
 */
class BadDaysTest {
  private static final int MACHINES = 80;
  private static final long DISK = 1L << 30;

  private static Path folder;
  private static WholeProcess server;
  private static LabProcess lab;
  private static int next;

  @BeforeAll
  static void start() throws Exception {
    folder = Files.createTempDirectory(Path.of("/tmp"), "fettle-bad-days-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path home = folder.resolve("home");
    Files.createDirectories(home);
    try (RandomAccessFile image = new RandomAccessFile(folder.resolve("disk").toFile(), "rw")) {
      image.setLength(DISK);
    }
    Shell.run("mkfs.ext4", "-q", "-F", "-m", "0", folder.resolve("disk").toString());
    Shell.run("mount", "-o", "loop", folder.resolve("disk").toString(), home.toString());
    server = new WholeProcess(home, Map.of("FETTLE_LAB", "true"));
    server.start();
    lab = new LabProcess(folder.resolve("lab"), MACHINES, server, 2_300);
    await(
        "fleet known", Duration.ofSeconds(60), () -> status().path("machines").asInt() == MACHINES);
    await("visited", Duration.ofSeconds(60), () -> healthy("monitoring"));
  }

  @AfterAll
  static void stop() throws Exception {
    if (lab != null) lab.close();
    if (server != null) server.close();
    Shell.run("umount", "-l", folder.resolve("home").toString());
    FileSystemUtils.deleteRecursively(folder);
  }

  private static JsonNode status() {
    try {
      return server.get("/api/v1/status");
    } catch (IOException e) {
      return tools.jackson.databind.node.JsonNodeFactory.instance.objectNode();
    }
  }

  private static boolean healthy(String part) {
    return status().path("health").path(part).path("ok").asBoolean(false);
  }

  /** Breaks so many machines that have a card of a known make. */
  private static List<String> broken(int count) throws IOException {
    List<String> assets = new ArrayList<>();
    while (assets.size() < count) {
      String asset = asset(next++);
      if (!lab.tell("state " + asset).path("make").asString().equals("UNKNOWN")) {
        lab.tell("inject bmc.nic_mode " + asset);
        assets.add(asset);
      }
    }
    return assets;
  }

  private static String asset(int n) {
    return "ZC%06d".formatted(4000 + n);
  }

  private static long writes(String asset) {
    try {
      return lab.journal().stream()
          .filter(l -> l.machine().equals(asset) && l.via().equals("ipmi"))
          .filter(l -> l.what().startsWith("netfn 30"))
          .count();
    } catch (IOException e) {
      return -1;
    }
  }

  private static void repairedOnce(List<String> assets) throws Exception {
    await("repaired", Duration.ofMinutes(3), () -> assets.stream().allMatch(BadDaysTest::mended));
    for (String asset : assets) assertThat(writes(asset)).as("executions on " + asset).isEqualTo(1);
  }

  private static boolean mended(String asset) {
    try {
      return lab.tell("state " + asset).path("broken").isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aDatabaseThatIsKilledAgainAndAgainCostsNoRepairAndNoneIsDoneTwice() throws Exception {
    List<String> assets = broken(6);
    Path pid = server.home().resolve("postgres/data/postmaster.pid");
    for (int kill = 0; kill < 5; kill++) {
      TimeUnit.MILLISECONDS.sleep(700L + 400L * kill);
      if (Files.exists(pid))
        ProcessHandle.of(Long.parseLong(Files.readAllLines(pid).getFirst().strip()))
            .ifPresent(ProcessHandle::destroyForcibly);
    }

    await("database back", Duration.ofSeconds(60), () -> healthy("database"));
    repairedOnce(assets);
    assertThat(status().path("ready").asBoolean()).isTrue();
  }

  @Test
  void aDatabaseThatHangsIsSaidAtOnceAndNothingIsBegun() throws Exception {
    Path pid = server.home().resolve("postgres/data/postmaster.pid");
    String master = Files.readAllLines(pid).getFirst().strip();
    assertThat(server.page("/").statusCode()).isEqualTo(200);
    int machines = status().path("machines").asInt();
    List<String> assets;
    signal("-STOP", master);
    try {
      await(
          "says so", Duration.ofSeconds(60), () -> status().path("health").size() > 0 && !ready());
      assets = broken(2);
      long began = System.nanoTime();
      var home = server.page("/");
      assertThat(home.statusCode()).isEqualTo(503);
      assertThat(home.body())
          .contains("the database does not answer", "No new action starts just now")
          .doesNotContain("Fettle's fault");
      assertThat(server.page("/health").statusCode()).isEqualTo(200);
      assertThat(status().path("machines").asInt()).as("known last").isEqualTo(machines);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
      for (String asset : assets) assertThat(writes(asset)).as(asset).isZero();
    } finally {
      signal("-CONT", master);
    }
    repairedOnce(assets);
    assertThat(server.page("/").statusCode()).isEqualTo(200);
  }

  private static boolean ready() {
    return status().path("ready").asBoolean();
  }

  /** To PostgreSQL's first process and all that it has started. */
  private static void signal(String signal, String master) throws Exception {
    List<String> command = new ArrayList<>(List.of("kill", signal, master));
    ProcessHandle.of(Long.parseLong(master))
        .orElseThrow()
        .descendants()
        .map(p -> "" + p.pid())
        .forEach(command::add);
    Shell.run(command.toArray(String[]::new));
  }

  @Test
  void aFullDiskStopsNewActionsSaysSoAndAllGoesOnOnceThereIsRoom() throws Exception {
    Path ballast = server.home().resolve("ballast");
    long free = Files.getFileStore(server.home()).getUsableSpace();
    Shell.run("fallocate", "-l", "" + (free - (20L << 20)), ballast.toString());
    List<String> assets;
    try {
      await("says so", Duration.ofSeconds(30), () -> !healthy("database"));
      assertThat(status().path("health").path("database").path("why").asString()).contains("MB");
      assets = broken(3);
      TimeUnit.SECONDS.sleep(12);
      for (String asset : assets) assertThat(writes(asset)).as(asset).isZero();
    } finally {
      Files.delete(ballast);
    }
    repairedOnce(assets);
    await("database well", Duration.ofSeconds(30), () -> healthy("database"));
  }

  @Test
  void machinesThatHangFloodOrLieHoldUpNobodyElse() throws Exception {
    List<String> bad = List.of(asset(70), asset(71), asset(72));
    lab.tell("manner " + bad.get(0) + " hangs");
    lab.tell("manner " + bad.get(1) + " endless");
    lab.tell("manner " + bad.get(2) + " hostile");
    repairedOnce(broken(4));

    await(
        "the hung one is found",
        Duration.ofSeconds(90),
        () -> faults(bad.get(0)).contains("host.reachable"));
    for (String asset : bad) {
      String told = server.get("/api/v1/assets/" + asset).toString() + faults(asset);
      assertThat(told).as(asset).doesNotContain("\u001b", "\\u0000");
      assertThat(told.length()).as("kept of " + asset).isLessThan(400_000);
      lab.tell("manner " + asset + " honest");
    }
    assertThat(status().path("ready").asBoolean()).isTrue();
    await(
        "all well again",
        Duration.ofSeconds(90),
        () -> bad.stream().allMatch(a -> faults(a).isEmpty()));
  }

  /** Open faults of a machine, as the API tells them. */
  private static String faults(String asset) {
    try {
      JsonNode items = server.get("/api/v1/faults?machine=" + asset).path("items");
      StringBuilder text = new StringBuilder();
      for (JsonNode item : items)
        if (!List.of("CLOSED", "RECOVERED").contains(item.path("state").asString()))
          text.append(item);
      return text.toString();
    } catch (IOException e) {
      return "unanswered";
    }
  }

  @Test
  void aThirdOfTheFleetInTheDarkIsAStormNotAHundredRepairs() throws Exception {
    int before = status().path("tickets").path("open").asInt();
    int journal = lab.journal().size();
    int dark = lab.tell("dark 30").path("dark").asInt();
    assertThat(dark).isEqualTo(MACHINES * 30 / 100);
    try {
      await(
          "a storm is seen",
          Duration.ofSeconds(90),
          () -> blowing().contains("host.reachable") || blowing().contains("bmc.reachable"));
      int seen = status().path("tickets").path("open").asInt() - before;
      TimeUnit.SECONDS.sleep(10);
      assertThat(
              lab.journal().subList(journal, lab.journal().size()).stream()
                  .filter(l -> !l.via().equals("inject")))
          .as("nothing was done to a machine in the dark")
          .isEmpty();
      int tickets = status().path("tickets").path("open").asInt() - before;
      // How many come before the storm is seen depends on how busy this machine is.
      assertThat(tickets).as("tickets of " + dark + " dark machines").isLessThan(dark);
      assertThat(tickets).as("tickets after the storm was seen").isLessThan(seen + dark / 5);
    } finally {
      lab.tell("light");
    }
    await("all recover", Duration.ofSeconds(150), () -> unreachable() == 0);
  }

  private static String blowing() {
    try {
      StringBuilder classes = new StringBuilder();
      for (JsonNode storm : server.get("/api/v1/storms"))
        if (storm.path("endedAt").isNull() || storm.path("ended_at").isNull())
          classes
              .append(storm.path("faultClass").asString(""))
              .append(storm.path("fault_class").asString(""))
              .append(' ');
      return classes.toString();
    } catch (IOException e) {
      return "";
    }
  }

  /** Open faults of machines or cards that do not answer. */
  private static int unreachable() {
    try {
      int open = 0;
      for (String name : List.of("host.reachable", "bmc.reachable"))
        for (JsonNode item : server.get("/api/v1/faults?limit=200&class=" + name).path("items"))
          if (!List.of("CLOSED", "RECOVERED").contains(item.path("state").asString())) open++;
      return open;
    } catch (IOException e) {
      return -1;
    }
  }
}
