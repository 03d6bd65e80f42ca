package io.fettle.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The server that is asked. The token of this machine's administrator goes to this machine's server
 * only; another server gets {@code FETTLE_TOKEN} or nothing.
 */
final class Server {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofMinutes(5);

  /** Body and status of an answer that is not a refusal. */
  record Answer(byte[] body) {
    Json json() {
      return Json.parse(body);
    }
  }

  private final URI base;
  private final String token;
  private final HttpClient client;

  private Server(URI base, String token, HttpClient client) {
    this.base = base;
    this.token = token;
    this.client = client;
  }

  static Server find(@Nullable String named, Map<String, String> environment) {
    Path home = Path.of(environment.getOrDefault("FETTLE_HOME", "data")).toAbsolutePath();
    Optional<URI> local = running(home);
    String given = named != null ? named : environment.getOrDefault("FETTLE_URL", "");
    URI base =
        given.isBlank() ? local.orElseThrow(() -> new Unreachable(notHere(home))) : address(given);
    boolean here = local.isPresent() && sameOrigin(local.get(), base);
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER);
    if ("https".equals(base.getScheme()))
      Trust.context(environment, home, here).ifPresent(client::sslContext);
    return new Server(base, token(environment, home, here), client.build());
  }

  private static Optional<URI> running(Path home) {
    try {
      String state = Files.readString(home.resolve("run/state")).strip();
      return state.startsWith("ready ")
          ? Optional.of(URI.create(state.substring("ready ".length())))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String notHere(Path home) {
    return Words.say(
        "本机没有运行 Fettle（目录 " + home + "）；请执行 './fettle up'，或用 --server 或 FETTLE_URL 指定服务器",
        "Fettle is not running here (folder "
            + home
            + "); start it with './fettle up', or name a server with --server or FETTLE_URL");
  }

  private static URI address(String given) {
    String full = given.contains("://") ? given : "https://" + given;
    try {
      URI uri = URI.create(full.endsWith("/") ? full : full + "/");
      String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
      if (uri.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) return uri;
    } catch (IllegalArgumentException e) {
      // Falls through to the one sentence for every kind of wrong address.
    }
    throw Refused.because(
        Words.say("服务器地址不对：" + given, "--server '" + given + "': expected http(s)://host[:port]"));
  }

  private static boolean sameOrigin(URI a, URI b) {
    return a.getScheme().equals(b.getScheme())
        && a.getHost().equals(b.getHost())
        && a.getPort() == b.getPort();
  }

  private static String token(Map<String, String> environment, Path home, boolean here) {
    String given = environment.getOrDefault("FETTLE_TOKEN", "").strip();
    if (!given.isEmpty() || !here) return given;
    try {
      return Files.readString(home.resolve("admin.token")).strip();
    } catch (IOException e) {
      throw Refused.because(
          Words.say(
              "读不到 " + home.resolve("admin.token") + "；请以启动 Fettle 的用户运行，或设置 FETTLE_TOKEN",
              "cannot read "
                  + home.resolve("admin.token")
                  + "; run as the user that started Fettle, or set FETTLE_TOKEN"));
    }
  }

  Answer get(String path, String... query) {
    return send(request(path, query).GET());
  }

  /** Sends names and values as a JSON object. */
  Answer post(String path, Map<String, ?> body, String... query) {
    return send(
        request(path, query)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(Json.write(body))));
  }

  /** Sends a file as it is. */
  Answer upload(String path, Path file, String type, String... query) {
    return send(
        request(path, query)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(bytes(file))));
  }

  static String text(Path file) {
    return new String(bytes(file), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw Refused.because(
          Words.say("读不到文件 " + file + "：" + e, "cannot read the file " + file + " (" + e + ")"));
    }
  }

  private HttpRequest.Builder request(String path, String... query) {
    StringBuilder uri = new StringBuilder("api/v1/").append(path);
    char joint = '?';
    for (int i = 0; i + 1 < query.length; i += 2) {
      if (query[i + 1].isEmpty()) continue;
      uri.append(joint).append(query[i]).append('=').append(encode(query[i + 1]));
      joint = '&';
    }
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(base.resolve(uri.toString()))
            .timeout(ANSWER)
            .header("Accept", "application/json")
            .header("Accept-Language", Words.chinese() ? "zh" : "en");
    if (!token.isEmpty()) builder.header("Authorization", "Bearer " + token);
    return builder;
  }

  private Answer send(HttpRequest.Builder builder) {
    try {
      HttpResponse<byte[]> answer =
          client.send(builder.build(), HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() >= 300) throw Refused.by(answer.body(), answer.statusCode());
      return new Answer(answer.body());
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new Unreachable(
          Words.say("连不上 " + base + "：" + why, "cannot reach " + base + " (" + why + ")"), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unreachable("interrupted", e);
    }
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
