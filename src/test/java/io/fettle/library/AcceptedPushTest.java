package io.fettle.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.support.WholeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
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
    try (WholeProcess fettle = new WholeProcess(home, Map.of("FETTLE_LIBRARY_REVIEW", "off"))) {
      fettle.start();
      String url = fettle.uri() + "/git/scripts.git";
      Git somebody = new Git(folder, folder, Files.readString(fettle.token()).strip());
      somebody.ok("clone", "-q", url, "mine");
      Git git = somebody.in(folder.resolve("mine"));
      String commit = git.commit("disk/clean.sh", "#!/bin/sh\necho kept\n");

      git.ok("push", "-q", "origin", "main");
      fettle.kill();
      assertThat(git.in(home.resolve("library/scripts.git")).ok("fsck", "--full", "--strict"))
          .doesNotContain("error");
      fettle.start();

      Git again = new Git(folder, folder, Files.readString(fettle.token()).strip());
      assertThat(again.in(git.folder()).ok("ls-remote", url, "refs/heads/main")).startsWith(commit);
      assertThat(
              fettle
                  .get("/api/v1/audit?object=refs/heads/main")
                  .at("/items/0/details/to")
                  .asString())
          .isEqualTo(commit);
      JsonNode health = fettle.get("/api/v1/status").at("/health/library");
      assertThat(health.at("/ok").asBoolean()).as(health.toString()).isTrue();
    }
  }
}
