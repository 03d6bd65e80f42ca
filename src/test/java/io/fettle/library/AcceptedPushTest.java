package io.fettle.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Fettle as its own process, killed right after it accepted a push. */
class AcceptedPushTest {
  @TempDir Path folder;

  @Test
  void whatWasAcceptedIsThereAndOnTheRecordAfterAKill() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    try (WholeProcess fettle = new WholeProcess(home, environment())) {
      fettle.start();
      String url = fettle.uri() + "/git/scripts.git";
      Git somebody = new Git(folder, folder, Files.readString(fettle.token()).strip());
      somebody.ok("clone", "-q", url, "mine");
      Git git = somebody.in(folder.resolve("mine"));
      String commit = git.commit("disk/clean.sh", "#!/bin/sh\necho kept\n");

      long daemon = daemon(fettle);

      git.ok("push", "-q", "origin", "main");
      fettle.kill();
      assertThat(ProcessHandle.of(daemon)).as("what a kill leaves behind").isPresent();
      assertThat(git.in(home.resolve("library/scripts.git")).ok("fsck", "--full", "--strict"))
          .doesNotContain("error");
      Path bare = home.resolve("library/scripts.git");
      for (String lock : List.of("config.lock", "packed-refs.lock", "refs/heads/main.lock"))
        Files.createFile(bare.resolve(lock));
      fettle.start();

      Git again = new Git(folder, folder, Files.readString(fettle.token()).strip());
      assertThat(again.in(git.folder()).ok("ls-remote", url, "refs/heads/main")).startsWith(commit);
      assertThat(
              fettle
                  .get("/api/v1/audit?object=refs/heads/main")
                  .at("/items/0/details/to")
                  .asString())
          .isEqualTo(commit);
      git.commit("disk/clean.sh", "#!/bin/sh\necho no lock of the killed one stands in the way\n");
      again.in(git.folder()).ok("push", "-q", url, "main");
      JsonNode health = fettle.get("/api/v1/status").at("/health/library");
      assertThat(health.at("/ok").asBoolean()).as(health.toString()).isTrue();
      WholeProcess.await(
          "the daemon left behind is replaced",
          Duration.ofSeconds(20),
          () -> ProcessHandle.of(daemon).isEmpty() && pid(home) != 0);
    }
    long last = pid(home);
    WholeProcess.await(
        "no daemon outlives Fettle",
        Duration.ofSeconds(10),
        () -> last == 0 || ProcessHandle.of(last).isEmpty());
  }

  private static Map<String, String> environment() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return Map.of(
          "FETTLE_LIBRARY_REVIEW", "off", "FETTLE_LIBRARY_RSYNC_PORT", "" + free.getLocalPort());
    }
  }

  /** The process of the rsync daemon, once there is one. */
  private static long daemon(WholeProcess fettle) throws Exception {
    String token = Files.readString(fettle.token()).strip();
    HttpRequest make =
        HttpRequest.newBuilder(fettle.uri().resolve("/api/v1/library/readers/team"))
            .header("Authorization", "Bearer " + token)
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertThat(http.send(make, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
    WholeProcess.await("a daemon", Duration.ofSeconds(20), () -> pid(fettle.home()) != 0);
    return pid(fettle.home());
  }

  private static long pid(Path home) {
    try {
      String text = Files.readString(home.resolve("library/rsync/pid")).strip();
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (IOException e) {
      return 0;
    }
  }
}
