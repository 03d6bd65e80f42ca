package io.fettle.lab;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells Fettle of the fleet as a person would: credentials, which account is to be on it, then the
 * purchase list, through the public API.
 */
final class Rollcall {
  private final URI server;
  private final Path token;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();

  /** A lab's own credentials never take a machine from one that a person gave. */
  private static final int BELOW_ALL = -1_000;

  Rollcall(URI server, Path token) {
    this.server = server;
    this.token = token;
  }

  /**
   * Waits until the server is ready, then hands everything over; safe to repeat.
   *
   * @throws IllegalStateException when that server is not for a lab
   */
  void hand(Lab.Running lab) throws IOException, InterruptedException {
    awaitReady();
    post(
        "/api/v1/credentials",
        Map.of(
            "kind",
            "ssh-key",
            "name",
            "lab-ssh",
            "user",
            "fettle",
            "secret",
            lab.privateKey(),
            "for",
            "type == 'server'",
            "priority",
            BELOW_ALL));
    post(
        "/api/v1/credentials",
        Map.of(
            "kind",
            "bmc",
            "name",
            "lab-bmc",
            "user",
            "fettle",
            "secret",
            lab.password(),
            "for",
            "type == 'server'",
            "priority",
            BELOW_ALL));
    send(
        "/api/v1/accounts?name=lab",
        "application/yaml",
        AccountFaults.declaration(lab.accountKey()));
    send("/api/v1/register/imports", "text/csv", lab.fleet().csv());
  }

  private void awaitReady() throws IOException, InterruptedException {
    for (int i = 0; i < 600; i++) {
      try {
        HttpResponse<String> answer =
            http.send(
                request("/api/v1/status").GET().build(), HttpResponse.BodyHandlers.ofString());
        JsonNode status =
            JsonMapper.shared().readTree(answer.statusCode() == 200 ? answer.body() : "{}");
        if (status.path("ready").asBoolean(false)) {
          if (status.path("lab").asBoolean(false)) return;
          throw new IllegalStateException(
              "Fettle at " + server + " keeps a real fleet; start one for the lab with up --lab");
        }
      } catch (IOException notYet) {
        // not listening yet, or the token is being written
      }
      Thread.sleep(500);
    }
    throw new IOException("Fettle at " + server + " was not ready within 5 minutes");
  }

  private void post(String path, Map<String, ?> body) throws IOException, InterruptedException {
    send(path, "application/json", JsonMapper.shared().writeValueAsString(body));
  }

  private void send(String path, String type, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        request(path)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() >= 300)
      throw new IOException(path + " answered " + answer.statusCode() + ": " + answer.body());
  }

  private HttpRequest.Builder request(String path) throws IOException {
    return HttpRequest.newBuilder(server.resolve(path))
        .timeout(Duration.ofMinutes(2))
        .header("Authorization", "Bearer " + Files.readString(token).strip());
  }
}
