package io.fettle.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/** A newer Fettle with new migrations starts on the data of an older one. */
class UpgradeTest {
  private Path folder = Path.of("");

  @BeforeEach
  void makeTheFolder() throws IOException {
    folder = Files.createTempDirectory(Path.of("/tmp"), "fettle-upgrade-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void removeTheFolder() throws IOException {
    FileSystemUtils.deleteRecursively(folder);
  }

  /** A build that brings this migration too. */
  private String build(String name, String room, String sql) throws IOException {
    Path classes = folder.resolve(name);
    Path migrations = Files.createDirectories(classes.resolve("db/migration").resolve(room));
    Files.writeString(migrations.resolve("V900__planted.sql"), sql);
    return classes.toString();
  }

  private static String token(WholeProcess server) throws IOException {
    return server
        .post("/api/v1/tokens", Map.of("name", "accepted-before", "role", "AUDITOR"))
        .path("token")
        .asString();
  }

  private static boolean isAudited(WholeProcess server, String object) {
    try {
      return server.get("/api/v1/audit?object=" + object).toString().contains("system:upgrade");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void oneThatFailsLeavesABackupAndTheOlderRunsOn() throws Exception {
    String newer =
        build("newer", "cmdb", "drop table cmdb.claim cascade; create table cmdb.fresh ();");
    build("newer", "ticket", "alter table ticket.ticket add column a int; select 1 / 0;");
    try (WholeProcess server = new WholeProcess(folder.resolve("home"), Map.of())) {
      server.start();
      assertThat(token(server)).isNotBlank();
      JsonNode backup = server.get("/api/v1/status").at("/health/backup");
      assertThat(backup.path("ok").asBoolean()).isTrue();
      assertThat(backup.path("wanting").asBoolean()).as("no place for copies is named").isTrue();
      server.close();

      server.classes(newer);
      assertThatThrownBy(server::start)
          .hasMessageContaining("The upgrade failed (ticket: V900__planted.sql: ")
          .hasMessageContaining("division by zero")
          .hasMessageContaining("start the version before this one again")
          .hasMessageContaining(server.home().resolve("backups").toString());
      assertThatThrownBy(server::start)
          .as("tried again, as a supervisor does")
          .hasMessageContaining("The upgrade failed")
          .hasMessageContaining(server.home().resolve("backups").toString());

      server.classes("");
      server.start();
      assertThat(server.get("/api/v1/tokens").toString()).contains("accepted-before");
      JsonNode saved = server.get("/api/v1/backups").path("items");
      assertThat(saved.size()).isEqualTo(1);
      String object = "backup:" + saved.path(0).path("id").asString();
      WholeProcess.await(
          "the backup of the upgrade on the record",
          Duration.ofSeconds(90),
          () -> isAudited(server, object));
    }
  }
}
