package io.fettle.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.support.LabProcess;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Ten kill -9 of the whole process while it repairs: no action twice, none lost, none stuck. */
class KilledAgainAndAgainTest {
  private static final int KILLS = 10;
  private static final int MACHINES = 60;

  /** Spread over the racks: one rack's budget and a storm would rightly hold most of them. */
  private static final int APART = 3;

  @Test
  void everyFaultIsRepairedExactlyOnce(@TempDir Path folder) throws Exception {
    Random random = new Random(20_261_122);
    List<String> broken = new ArrayList<>();
    try (WholeProcess server =
        new WholeProcess(folder.resolve("home"), Map.of("FETTLE_LAB", "true"))) {
      server.start();
      try (LabProcess lab = new LabProcess(folder.resolve("lab"), MACHINES, server)) {
        WholeProcess.await(
            "fleet known", Duration.ofSeconds(60), () -> machines(server) == MACHINES);
        int next = 0;
        for (int kill = 0; kill < KILLS; kill++) {
          for (int i = 0; i < 2; i++) {
            String asset = "ZC%06d".formatted(4000 + APART * next++);
            if (lab.tell("inject bmc.nic_mode " + asset).path("make").asString().equals("UNKNOWN"))
              continue;
            broken.add(asset);
          }
          TimeUnit.MILLISECONDS.sleep(2_000 + random.nextInt(6_000));
          server.kill();
          server.start();
        }
        try {
          WholeProcess.await("all repaired", Duration.ofSeconds(300), () -> healthy(lab, broken));
        } catch (AssertionError e) {
          throw new AssertionError(left(server, lab, broken), e);
        }
        WholeProcess.await(
            "nothing in flight", Duration.ofSeconds(120), () -> inFlight(server) == 0);

        for (String asset : broken) {
          long writes =
              lab.journal().stream()
                  .filter(l ->
                      l.machine().equals(asset)
                          && l.via().equals("ipmi")
                          && l.what().startsWith("netfn 30"))
                  .count();
          assertThat(writes).as("executions on " + asset).isEqualTo(1);
        }
      }
    }
  }

  private static int machines(WholeProcess server) {
    try {
      return server.get("/api/v1/status").path("machines").asInt();
    } catch (IOException e) {
      return -1;
    }
  }

  private static boolean healthy(LabProcess lab, List<String> assets) {
    try {
      for (String asset : assets)
        if (!lab.tell("state " + asset).path("broken").isEmpty()) return false;
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** What is not repaired or went to a person, with its faults, for the message. */
  private static String left(WholeProcess server, LabProcess lab, List<String> assets)
      throws IOException {
    StringBuilder text = new StringBuilder("not repaired:");
    for (String asset : assets)
      if (!healthy(lab, List.of(asset)))
        for (JsonNode fault : server.get("/api/v1/faults?machine=" + asset).path("items"))
          text.append("\n")
              .append(fault)
              .append(server.get("/api/v1/faults/" + fault.path("id").asString()).path("story"));
    text.append("\nwith a person:\n").append(server.get("/api/v1/faults?state=ESCALATED"));
    return text + "\n" + server.get("/api/v1/status");
  }

  /** Faults that are neither recovered nor closed nor with a person. */
  private static int inFlight(WholeProcess server) {
    try {
      JsonNode faults = server.get("/api/v1/status").path("faults");
      int sum = 0;
      for (String state :
          List.of(
              "SUSPECT",
              "CONFIRMED",
              "HELD",
              "PLANNED",
              "RUNNING",
              "VERIFYING",
              "UNCERTAIN",
              "STALE")) sum += faults.path(state).asInt(0);
      return sum;
    } catch (IOException e) {
      return -1;
    }
  }
}
