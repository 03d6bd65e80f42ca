package io.fettle.support;

import io.fettle.kernel.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running server as its clients see it: addresses, tokens of every role, plain requests. */
public final class TestServer {
  /** Password of {@code admin} on every test's server. */
  public static final String ADMIN_PASSWORD = "test-admin-password";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path home;
  private final Environment environment;
  private final Map<String, String> tokens = new ConcurrentHashMap<>();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  TestServer(Path home, Environment environment) {
    this.home = home;
    this.environment = environment;
  }

  /** An answer, with its body as JSON when it is. */
  public record Answer(int status, String body, java.net.http.HttpHeaders headers) {
    public JsonNode json() {
      return JSON.readTree(body);
    }

    public Optional<String> header(String name) {
      return headers.firstValue(name);
    }
  }

  /** FETTLE_HOME of this server. */
  public Path home() {
    return home;
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + environment.getProperty("local.server.port") + path);
  }

  /** The token of this machine's own command line (role ADMINISTRATOR). */
  public String adminToken() {
    try {
      return Files.readString(home.resolve("admin.token")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A token of this role; an OWNER's with these teams. */
  public String token(Role role, String... teams) {
    return tokens.computeIfAbsent(role + String.join(",", teams), key -> create(role, teams));
  }

  private String create(Role role, String... teams) {
    Map<String, ?> wish =
        Map.of(
            "name", "test " + role, "role", role.name(), "teams", List.of(teams), "expires", "7");
    Answer answer = send(adminToken(), "POST", "/api/v1/tokens", JSON.writeValueAsString(wish));
    if (answer.status() != 201) throw new IllegalStateException("token: " + answer);
    return answer.json().get("token").asString();
  }

  /** GET as a program with this role. */
  public Answer get(Role role, String path) {
    return send(token(role), "GET", path, null);
  }

  /** POST of a JSON body as a program with this role. */
  public Answer post(Role role, String path, Object body) {
    return send(token(role), "POST", path, JSON.writeValueAsString(body));
  }

  /**
   * Any request; redirects are not followed.
   *
   * @param token null to come without one
   * @param json null for no body
   */
  public Answer send(@Nullable String token, String method, String path, @Nullable String json) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(30));
    if (token != null) request.header("Authorization", "Bearer " + token);
    if (json != null) request.header("Content-Type", "application/json");
    return send(
        request.method(
            method,
            json == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(json)));
  }

  /** A request made by hand. */
  public Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body(), answer.headers());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
