package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Role;
import io.fettle.support.RealSshd;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** Jobs that put files on one machine and fetch them, as an operator has them done. */
final class FileJobs {
  private final TestServer server;

  FileJobs(TestServer server) {
    this.server = server;
  }

  /** Gives an sshd a /tmp of its own, where nobody else's files lie. */
  static void ownTmp(RealSshd sshd) {
    Path home = sshd.config().resolveSibling("").normalize();
    sshd.sh(
        """
        mkdir /run/tmp && mount -t tmpfs -o mode=1777 tmpfs /run/tmp
        mkdir /run/tmp/%2$s && mount --bind %1$s /run/tmp/%2$s
        mount --rbind /run/tmp /tmp
        """
            .formatted(home, home.getFileName()));
  }

  static String leftovers(RealSshd there) {
    return there.sh("find /home /etc /run /tmp -name '.fettle-*' 2>/dev/null; true").strip();
  }

  String give(String content) {
    Answer answer =
        server.send(
            HttpRequest.newBuilder(server.uri("/api/v1/files?name=a.conf"))
                .header("Authorization", "Bearer " + server.token(Role.OPERATOR))
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofString(content)));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    assertThat(answer.json().get("size").asLong())
        .isEqualTo(content.getBytes(StandardCharsets.UTF_8).length);
    return answer.json().get("sha256").asString();
  }

  Answer started(String machine, String action, Map<String, ?> with) {
    return started(machine, action, with, false);
  }

  private Answer started(String machine, String action, Map<String, ?> with, boolean dry) {
    Map<String, Object> wish = new LinkedHashMap<>();
    wish.put("on", "asset_no == '" + machine + "'");
    wish.put("action", action);
    wish.put("with", with);
    wish.put("dry_run", dry);
    wish.put("reason", "a test");
    wish.put("stop_share", 1.0);
    return server.post(Role.OPERATOR, "/api/v1/jobs", wish);
  }

  JsonNode put(String machine, String content, String to, String... more) throws Exception {
    Map<String, String> with = new LinkedHashMap<>(Map.of("file", give(content), "to", to));
    for (String one : more) with.put(one.split("=")[0], one.split("=")[1]);
    return ended(started(machine, "file.put", with));
  }

  JsonNode get(String machine, String path, String... more) throws Exception {
    Map<String, String> with = new LinkedHashMap<>(Map.of("path", path));
    for (String one : more) with.put(one.split("=")[0], one.split("=")[1]);
    return ended(started(machine, "file.get", with));
  }

  /** Only asked what it would come to. */
  JsonNode dry(String machine, String action, Map<String, ?> with) throws Exception {
    return ended(started(machine, action, with, true));
  }

  JsonNode ended(Answer started) throws InterruptedException {
    assertThat(started.status()).as(started.body()).isEqualTo(201);
    String path = "/api/v1/jobs/" + started.json().get("id").asString();
    for (int i = 0; i < 600; i++) {
      JsonNode job = server.get(Role.OPERATOR, path).json();
      if (job.get("state").asString().equals("ENDED")) return item(job);
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError(server.get(Role.OPERATOR, path).body());
  }

  private JsonNode item(JsonNode job) {
    JsonNode item = server.get(Role.OPERATOR, path(job) + "/items").json().at("/items/0");
    return ((tools.jackson.databind.node.ObjectNode) item).put("job", job.get("id").asString());
  }

  static String path(JsonNode job) {
    return "/api/v1/jobs/" + (job.has("job") ? job.get("job") : job.get("id")).asString();
  }

  static void assertVerdict(JsonNode item, String verdict, String why) {
    assertThat(item.get("verdict").asString()).as(item.toString()).isEqualTo(verdict);
    assertThat(item.at("/why/en").asString()).as(item.toString()).contains(why);
  }

  JsonNode undo(JsonNode item) throws Exception {
    return ended(server.post(Role.OPERATOR, path(item) + "/undo", Map.of("reason", "a test")));
  }

  String refused(String action, Map<String, ?> with) {
    Answer answer = started("FT1", action, with);
    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    return answer.body();
  }
}
