package io.fettle.support;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Fettle as its own process on a folder of its own, to be killed and started again. */
public final class WholeProcess implements AutoCloseable {
  private final Path home;
  private final int port;
  private final Map<String, String> environment;
  private HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private @Nullable Process process;
  private String classes = "";
  private List<String> flags = List.of("-Xmx384m", "-XX:TieredStopAtLevel=1");

  public WholeProcess(Path home, Map<String, String> environment) throws IOException {
    this.home = home;
    this.environment = environment;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
  }

  private Path log() {
    return home.resolveSibling(home.getFileName() + ".log");
  }

  public Path home() {
    return home;
  }

  public URI uri() {
    return URI.create((secure() ? "https" : "http") + "://127.0.0.1:" + port);
  }

  private boolean secure() {
    return environment.containsKey("FETTLE_LISTEN");
  }

  /** Believes the certificate that the server made for itself. */
  private void trust() throws IOException {
    Path certificate = home.resolve("tls/certificate.pem");
    if (!secure() || !Files.exists(certificate)) return;
    try (InputStream in = Files.newInputStream(certificate)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry(
          "own", CertificateFactory.getInstance("X.509").generateCertificate(in));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      http =
          HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).sslContext(context).build();
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** From the next start on, this folder of classes and resources comes before the build's. */
  public void classes(String folder) {
    classes = folder;
  }

  /** From the next start on as {@code ./fettle up} starts it: slower to start, faster at work. */
  public WholeProcess inEarnest() {
    flags = List.of("-Xmx320m", "-XX:+UseSerialGC", "-Xss512k", "-XX:ReservedCodeCacheSize=96m");
    return this;
  }

  public Path token() {
    return home.resolve("admin.token");
  }

  /** Starts the server and returns when its status says ready. */
  public void start() throws IOException, InterruptedException {
    process =
        java(
            "io.fettle.Fettle",
            log(),
            environment(),
            Stream.concat(flags.stream(), Stream.of("--enable-native-access=ALL-UNNAMED")).toList(),
            List.of(),
            classes);
    await("server ready", Duration.ofSeconds(90), this::ready);
  }

  private Map<String, String> environment() {
    Map<String, String> all = new java.util.HashMap<>(environment);
    all.put("FETTLE_HOME", home.toString());
    all.put("FETTLE_PORT", Integer.toString(port));
    all.put("SERVER_PORT", Integer.toString(port));
    return all;
  }

  private boolean ready() {
    if (process != null && !process.isAlive())
      throw new IllegalStateException("server ended: " + tail(log()));
    try {
      trust();
      return Files.exists(token()) && get("/api/v1/status").path("ready").asBoolean(false);
    } catch (IOException e) {
      return false;
    }
  }

  /** What kill -9 does: no shutdown hook runs; PostgreSQL is left behind. */
  public void kill() throws InterruptedException {
    Process running = process;
    if (running == null) return;
    running.destroyForcibly();
    running.waitFor();
  }

  /** Starts any main class of this class path. */
  public static Process java(
      String main, Path log, Map<String, String> environment, List<String> flags, List<String> args)
      throws IOException {
    return java(main, log, environment, flags, args, "");
  }

  private static Process java(
      String main,
      Path log,
      Map<String, String> environment,
      List<String> flags,
      List<String> args,
      String classes)
      throws IOException {
    String path = System.getProperty("java.class.path");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", classes.isEmpty() ? path : classes + ":" + path, main));
    command.addAll(args);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    return builder.start();
  }

  public JsonNode get(String path) throws IOException {
    return send(request(path).GET());
  }

  public JsonNode post(String path, Object body) throws IOException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(body))));
  }

  /** A page as a browser gets it, whatever its status. */
  public HttpResponse<String> page(String path) throws IOException, InterruptedException {
    return http.send(
        request(path).header("Accept", "text/html").GET().build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) throws IOException {
    return HttpRequest.newBuilder(uri().resolve(path))
        .timeout(Duration.ofSeconds(20))
        .header("Authorization", "Bearer " + Files.readString(token()).strip());
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException {
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() >= 400)
        throw new IOException(
            answer.uri() + " answered " + answer.statusCode() + ": " + answer.body());
      return JsonMapper.shared().readTree(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Waits for a fact, looking five times a second. */
  public static void await(String what, Duration limit, BooleanSupplier fact)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!fact.getAsBoolean()) {
      if (System.nanoTime() > end) throw new AssertionError("not within " + limit + ": " + what);
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  /** The last lines of a log, for messages. */
  public static String tail(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 25), lines.size()));
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Asks the server to stop as a service manager does, and PostgreSQL with it. */
  @Override
  public void close() {
    Process running = process;
    if (running == null) return;
    running.destroy();
    try {
      if (!running.waitFor(20, TimeUnit.SECONDS)) running.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
