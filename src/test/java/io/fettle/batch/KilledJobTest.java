package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.support.RealSshd;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** kill -9 of the whole process in the middle of a job: it goes on, and no machine runs twice. */
class KilledJobTest {
  private static final int MACHINES = 15;

  @Test
  void whatWasQueuedGoesOnAndWhatWasBeingSentIsInDoubt(@TempDir Path folder) throws Exception {
    String[] addresses =
        IntStream.rangeClosed(1, MACHINES)
            .mapToObj(i -> "ListenAddress 127.0.75." + i)
            .toArray(String[]::new);
    try (RealSshd sshd = RealSshd.start(addresses);
        WholeProcess server =
            new WholeProcess(folder.resolve("home"), Map.of("FETTLE_BATCH_HOLDER", "2s"))) {
      sshd.user("bat", "Pw-bat-4");
      server.start();
      fleet(server, sshd);
      String id = start(server);
      WholeProcess.await("some are done", Duration.ofSeconds(30), () -> ended(server, id) >= 4);

      server.kill();
      server.start();
      WholeProcess.await(
          "the job goes on to its end",
          Duration.ofSeconds(60),
          () -> state(server, id).equals("ENDED"));

      Map<String, Integer> journal = new HashMap<>();
      for (String line : sshd.sh("cat /home/bat/journal").lines().toList())
        journal.merge(line.strip(), 1, Integer::sum);
      Map<String, Integer> seen = new HashMap<>();
      for (JsonNode item : server.get("/api/v1/jobs/" + id + "/items?limit=500").path("items")) {
        String verdict = item.path("verdict").asString();
        String host = "127.0.75." + Integer.parseInt(item.path("machine").asString().substring(2));
        int ran = journal.getOrDefault(host, 0);
        assertThat(ran).as(host + " " + verdict).isLessThanOrEqualTo(1);
        if (verdict.equals("OK")) assertThat(ran).as(host + " ok").isEqualTo(1);
        seen.merge(verdict, 1, Integer::sum);
      }
      assertThat(seen.keySet()).as("" + seen).containsExactlyInAnyOrder("OK", "UNKNOWN");
      assertThat(seen.get("UNKNOWN")).isLessThanOrEqualTo(3);
      assertThat(server.get("/api/v1/jobs/" + id).path("missed").asInt()).isZero();
    }
  }

  private static String start(WholeProcess server) throws IOException {
    Map<String, Object> wish = new HashMap<>();
    wish.put("on", "placement.rack == 'KJ-1'");
    wish.put("ssh", Machines.WRITE_DOWN + "sleep 1; echo done");
    wish.put("reason", "a test");
    wish.put("steps", "100%");
    wish.put("width", 3);
    wish.put("stop_share", 1.0);
    return server.post("/api/v1/jobs", wish).path("id").asString();
  }

  private static int ended(WholeProcess server, String id) {
    try {
      return server.get("/api/v1/jobs/" + id).path("ended").asInt();
    } catch (IOException e) {
      return -1;
    }
  }

  private static String state(WholeProcess server, String id) {
    try {
      return server.get("/api/v1/jobs/" + id).path("state").asString();
    } catch (IOException e) {
      return "";
    }
  }

  private static void fleet(WholeProcess server, RealSshd sshd)
      throws IOException, InterruptedException {
    StringBuilder csv = new StringBuilder("资产号,序列号,IP,机柜\n");
    for (int i = 1; i <= MACHINES; i++)
      csv.append(
          "KJ%02d,SNKJ%02d,127.0.75.%d:%d,KJ-1\n".formatted(i, i, i, sshd.endpoint().port()));
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> imported =
          http.send(
              HttpRequest.newBuilder(server.uri().resolve("/api/v1/register/imports?name=kj.csv"))
                  .header("Authorization", "Bearer " + Files.readString(server.token()).strip())
                  .header("Content-Type", "text/csv")
                  .POST(HttpRequest.BodyPublishers.ofString(csv.toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(imported.statusCode()).as(imported.body()).isLessThan(300);
    }
    server.post(
        "/api/v1/credentials",
        Map.of(
            "kind",
            "ssh-key",
            "name",
            "kj",
            "user",
            "bat",
            "secret",
            new String(sshd.key()),
            "for",
            "placement.rack == 'KJ-1'"));
  }
}
