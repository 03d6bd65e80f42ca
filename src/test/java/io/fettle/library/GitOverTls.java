package io.fettle.library;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fettle.support.Shell;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Git's own {@code git http-backend} behind the JDK's TLS server, with a certificate for 127.0.0.1
 * by an authority that nobody knows; the password is {@code secret}.
 */
final class GitOverTls implements AutoCloseable {
  private final Path folder;
  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  GitOverTls(Path folder) throws Exception {
    this.folder = folder;
    certify();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve("server.p12"))) {
      keys.load(in, "test".toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, "test".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server
        .createContext("/", this::serve)
        .setAuthenticator(
            new BasicAuthenticator("git") {
              @Override
              public boolean checkCredentials(String user, String password) {
                return password.equals("secret");
              }
            });
    server.setExecutor(threads);
    server.start();
  }

  private void certify() throws IOException {
    Files.writeString(folder.resolve("names"), "subjectAltName=IP:127.0.0.1\n");
    sh(
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca"
            + " && openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=git"
            + " && openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
            + " -extfile names -out server.pem"
            + " && openssl pkcs12 -export -in server.pem -inkey server.key -out server.p12 -passout pass:test"
            + " && git init -q --bare -b main scripts.git");
  }

  private void sh(String line) {
    Shell.run("sh", "-c", "cd '" + folder + "' && { " + line + "; } 2>&1");
  }

  Path authority() {
    return folder.resolve("ca.pem");
  }

  Path repository() {
    return folder.resolve("scripts.git");
  }

  /** Its address by this name of the host. */
  String url(String host) {
    return "https://" + host + ":" + server.getAddress().getPort() + "/scripts.git";
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
      Map<String, String> environment = builder.environment();
      Headers headers = exchange.getRequestHeaders();
      environment.put("GIT_PROJECT_ROOT", folder.toString());
      environment.put("GIT_HTTP_EXPORT_ALL", "1");
      environment.put("REMOTE_USER", "fettle");
      environment.put("REQUEST_METHOD", exchange.getRequestMethod());
      environment.put("PATH_INFO", exchange.getRequestURI().getPath());
      environment.put("QUERY_STRING", text(exchange.getRequestURI().getQuery()));
      environment.put("CONTENT_TYPE", text(headers.getFirst("Content-Type")));
      environment.put("HTTP_CONTENT_ENCODING", text(headers.getFirst("Content-Encoding")));
      environment.put("GIT_PROTOCOL", text(headers.getFirst("Git-Protocol")));
      Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try (var in = process.getOutputStream()) {
        exchange.getRequestBody().transferTo(in);
      }
      answer(exchange, new BufferedInputStream(process.getInputStream()));
    }
  }

  private static String text(@org.jspecify.annotations.Nullable String given) {
    return given == null ? "" : given;
  }

  private static void answer(HttpExchange exchange, InputStream out) throws IOException {
    int status = 200;
    for (String line = line(out); !line.isEmpty(); line = line(out)) {
      int colon = line.indexOf(':');
      String value = line.substring(colon + 1).strip();
      if (line.startsWith("Status:")) status = Integer.parseInt(value.substring(0, 3));
      else exchange.getResponseHeaders().add(line.substring(0, colon), value);
    }
    exchange.sendResponseHeaders(status, 0);
    out.transferTo(exchange.getResponseBody());
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) line.append((char) c);
    return new String(line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
        .strip();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
