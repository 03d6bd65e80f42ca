package io.fettle.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The server that is asked, over the JDK's older client: the newer one reads all certificates of
 * the JDK before the first plain request, which takes longer than most answers. The token of this
 * machine's administrator goes to this machine's server only; another server gets {@code
 * FETTLE_TOKEN} or nothing.
 */
final class Server {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofMinutes(5);

  /** A stream says something every ten seconds. */
  private static final Duration SILENCE = Duration.ofSeconds(40);

  private static final byte[] NOTHING = {};
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[(::|(0{1,4}:){7})0{0,3}1]");

  /** Body and status of an answer that is not a refusal. */
  record Answer(byte[] body) {
    /** The document of an answer that has no body of its own. */
    static Answer of(Map<String, ?> members) {
      return new Answer(Json.write(members).getBytes(StandardCharsets.UTF_8));
    }

    Json json() {
      return Json.parse(body);
    }
  }

  private final URI base;
  private final String token;
  private final Optional<SSLContext> trust;

  private Server(URI base, String token, Optional<SSLContext> trust) {
    this.base = base;
    this.token = token;
    this.trust = trust;
  }

  static Server find(@Nullable String named, Map<String, String> environment) {
    Path home = Path.of(environment.getOrDefault("FETTLE_HOME", "data")).toAbsolutePath();
    Optional<URI> local = running(home);
    String given = named != null ? named : environment.getOrDefault("FETTLE_URL", "");
    URI base =
        given.isBlank() ? local.orElseThrow(() -> new Unreachable(notHere(home))) : address(given);
    boolean here = local.isPresent() && sameOrigin(local.get(), base);
    Optional<SSLContext> trust =
        "https".equals(base.getScheme())
            ? Trust.context(environment, home, here)
            : Optional.empty();
    return new Server(base, token(environment, home, here), trust);
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
      if (uri.getHost() != null && scheme.equals("http")) return loopback(uri);
      if (uri.getHost() != null && scheme.equals("https")) return uri;
    } catch (IllegalArgumentException e) {
      // Falls through to the one sentence for every kind of wrong address.
    }
    throw Refused.because(
        Words.say("服务器地址不对：" + given, "--server '" + given + "': expected http(s)://host[:port]"));
  }

  /** A token in clear is everybody's on the way. */
  private static URI loopback(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    if (LOOPBACK.matcher(host).matches()) return uri;
    throw Refused.because(
        Words.say(
            uri + "：令牌会明文经过网络；请用 https://（'./fettle up --listen 地址' 会启用 TLS，自制证书用 FETTLE_CA 指定）",
            uri
                + " would carry the token in clear; use https:// ('./fettle up --listen ADDR' speaks"
                + " TLS, FETTLE_CA names a certificate of your own)"));
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
    return send("GET", path(path, query), "", NOTHING);
  }

  /** Sends names and values as a JSON object. */
  Answer post(String path, Map<String, ?> body, String... query) {
    byte[] json = Json.write(body).getBytes(StandardCharsets.UTF_8);
    return send("POST", path(path, query), "application/json", json);
  }

  /** Puts names and values as a JSON object where they belong; there is no answer but that. */
  void put(String path, Map<String, ?> body) {
    byte[] json = Json.write(body).getBytes(StandardCharsets.UTF_8);
    send("PUT", path(path), "application/json", json);
  }

  void delete(String path) {
    send("DELETE", path(path), "", NOTHING);
  }

  /** Sends a file as it is; its content is never in memory as a whole. */
  Answer upload(String path, Path file, String type, String... query) {
    try {
      return send("POST", path(path, query), type, Files.size(file), out -> Files.copy(file, out));
    } catch (NoSuchFileException e) {
      return send("POST", path(path, query), type, bytes(file));
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /**
   * Takes a content away into a new file, which is there whole or not at all.
   *
   * @param sha256 that it must have
   */
  void download(String path, String sha256, Path place) {
    Path coming = place.resolveSibling(place.getFileName() + ".coming");
    try {
      HttpURLConnection connection = open(path(path));
      connection.setRequestProperty("Accept", "application/octet-stream, application/problem+json");
      int status = connection.getResponseCode();
      if (status >= 300) throw Refused.by(all(connection.getErrorStream()), status);
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(connection.getInputStream(), digest)) {
        Files.copy(in, coming, StandardCopyOption.REPLACE_EXISTING);
      }
      if (!HexFormat.of().formatHex(digest.digest()).equals(sha256))
        throw Refused.because(
            Words.say(place + " 传输有误（校验和不一致）", place + " arrived damaged (another checksum)"));
      Files.move(coming, place);
    } catch (IOException e) {
      throw unreachable(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } finally {
      try {
        Files.deleteIfExists(coming);
      } catch (IOException e) {
        // Only a leftover beside what is wanted.
      }
    }
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

  private static String path(String path, String... query) {
    StringBuilder uri = new StringBuilder("api/v1/").append(path);
    char joint = '?';
    for (int i = 0; i + 1 < query.length; i += 2) {
      if (query[i + 1].isEmpty()) continue;
      uri.append(joint).append(query[i]).append('=').append(encode(query[i + 1]));
      joint = '&';
    }
    return uri.toString();
  }

  /**
   * Reads a stream of JSON lines as they come, until it ends.
   *
   * @throws Unreachable also when it breaks off in the middle
   */
  void events(String path, Consumer<Json> each, String... query) {
    Consumer<String> event =
        line -> {
          if (!line.isBlank()) each.accept(Json.parse(line.getBytes(StandardCharsets.UTF_8)));
        };
    lines(path(path, query), "application/x-ndjson", event);
  }

  /** Reads plain text line by line, as it comes. */
  void plain(String path, Consumer<String> each) {
    lines(path(path), "text/plain", each);
  }

  private void lines(String path, String type, Consumer<String> each) {
    try {
      HttpURLConnection connection = open(path);
      connection.setRequestProperty("Accept", type + ", application/problem+json");
      connection.setReadTimeout((int) SILENCE.toMillis());
      int status = connection.getResponseCode();
      if (status >= 300) throw Refused.by(all(connection.getErrorStream()), status);
      try (var in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = in.readLine(); line != null; line = in.readLine()) each.accept(line);
      }
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private Unreachable unreachable(IOException e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new Unreachable(
        Words.say("连不上 " + base + "：" + why, "cannot reach " + base + " (" + why + ")"), e);
  }

  private Answer send(String method, String path, String type, byte[] body) {
    return send(method, path, type, body.length, out -> out.write(body));
  }

  private interface Body {
    void write(OutputStream out) throws IOException;
  }

  private Answer send(String method, String path, String type, long length, Body body) {
    try {
      HttpURLConnection connection = open(path);
      connection.setRequestMethod(method);
      if (!type.isEmpty()) {
        connection.setRequestProperty("Content-Type", type);
        connection.setDoOutput(true);
        // A body of a stated length is never sent a second time by the client itself.
        connection.setFixedLengthStreamingMode(length);
        try (var out = connection.getOutputStream()) {
          body.write(out);
        }
      }
      int status = connection.getResponseCode();
      byte[] answer = all(status < 400 ? connection.getInputStream() : connection.getErrorStream());
      if (status >= 300) throw Refused.by(answer, status);
      return new Answer(answer);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private HttpURLConnection open(String path) throws IOException {
    var connection = (HttpURLConnection) base.resolve(path).toURL().openConnection();
    if (connection instanceof HttpsURLConnection secure)
      trust.map(SSLContext::getSocketFactory).ifPresent(secure::setSSLSocketFactory);
    connection.setConnectTimeout((int) CONNECT.toMillis());
    connection.setReadTimeout((int) ANSWER.toMillis());
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestProperty("Accept", "application/json");
    connection.setRequestProperty("Accept-Language", Words.chinese() ? "zh" : "en");
    if (!token.isEmpty()) connection.setRequestProperty("Authorization", "Bearer " + token);
    return connection;
  }

  private static byte[] all(@Nullable InputStream in) throws IOException {
    if (in == null) return NOTHING;
    try (in) {
      return in.readAllBytes();
    }
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
