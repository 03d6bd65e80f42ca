package io.fettle.platform;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.List;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;

/**
 * A throw-away run that lets the JVM record what a start and a first page load. It serves a few
 * requests to itself and ends; the recording happens on the way out.
 */
final class Training {
  private static final List<String> PATHS = List.of("/", "/sign-in", "/api/v1/status", "/nothing");

  private Training() {}

  static void visitAndEnd(ApplicationContext spring) {
    if (spring instanceof WebServerApplicationContext web && web.getWebServer() != null)
      for (int round = 0; round < 3; round++)
        for (String path : PATHS) visit(web.getWebServer(), path);
    System.exit(0);
  }

  private static void visit(WebServer server, String path) {
    try {
      URI uri = URI.create("http://127.0.0.1:" + server.getPort() + path);
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setConnectTimeout(5_000);
      connection.setReadTimeout(20_000);
      connection.setRequestProperty("Accept", "text/html");
      try (InputStream in =
          connection.getResponseCode() < 400
              ? connection.getInputStream()
              : connection.getErrorStream()) {
        if (in != null) in.readAllBytes();
      }
    } catch (IOException e) {
      System.err.println("training " + path + ": " + e.getMessage());
    }
  }
}
