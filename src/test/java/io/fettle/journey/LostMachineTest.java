package io.fettle.journey;

import static io.fettle.support.WholeProcess.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.support.LabProcess;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private static final int BROKEN = 7;

  /** After the backup: only the other machine can learn of them. */
  private static final int LATER = 3;

  /** Spread over the racks, each of which allows one repair at a time. */
  private static final int APART = 3;

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
    Map<String, String> lab = Map.of("FETTLE_LAB", "true");
    try (WholeProcess first = new WholeProcess(folder.resolve("first"), lab)) {
      first.start();
      try (LabProcess fleet = new LabProcess(folder.resolve("lab"), MACHINES, first, 2_600)) {
        await("fleet known", Duration.ofMinutes(5), () -> count(first, "machines") == MACHINES);
        await("visited", Duration.ofMinutes(5), () -> healthy(first, "monitoring"));
        List<String> broken = broken(fleet, 0, BROKEN);
        await("a repair is sent", Duration.ofSeconds(90), () -> !written(fleet, broken).isEmpty());
        backUp(first);
        int tickets = count(first, "tickets/open");
        broken.addAll(broken(fleet, APART * BROKEN, LATER));
        destroy(first);
        assertThat(written(fleet, broken).size()).as("in the middle").isLessThan(broken.size());

        long lost = System.nanoTime();
        restore(keys());
        try (WholeProcess second = new WholeProcess(folder.resolve("second"), lab)) {
          second.start();
          System.out.println(
              "drill: machines=%d at work again after %d s"
                  .formatted(MACHINES, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - lost)));
          assertThat(count(second, "machines")).isEqualTo(MACHINES);
          assertThat(count(second, "tickets/open")).isGreaterThanOrEqualTo(tickets);
          await("all repaired", Duration.ofMinutes(3), () -> mended(fleet, broken));
          await("nothing in doubt", Duration.ofMinutes(2), () -> underWay(second) == 0);
          assertThat(written(fleet, broken)).containsExactlyInAnyOrderElementsOf(broken);
        }
      }
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
