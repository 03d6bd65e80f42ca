package io.fettle.support;

import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.HttpCookie;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/** A browser without a screen: cookies, forms with their hidden token, no redirect followed. */
public final class TestBrowser {
  private final TestServer server;
  private final CookieManager cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
  private final HttpClient http;

  public TestBrowser(TestServer server) {
    this.server = server;
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .cookieHandler(cookies)
            .build();
  }

  /** An answer as the browser got it. */
  public record Seen(int status, String body, java.net.http.HttpHeaders headers) {
    public Document html() {
      return Jsoup.parse(body);
    }

    /** Where a redirect leads, as path and query; empty when it is none. */
    public String to() {
      return headers
          .firstValue("Location")
          .map(l -> l.replaceFirst("^https?://[^/]+", ""))
          .orElse("");
    }
  }

  /** Signs in through the form and answers what came back. */
  public Seen signIn(String name, String password) {
    return submit("/sign-in", "/sign-in", "name", name, "password", password);
  }

  public Seen get(String path) {
    return send(request(path).GET());
  }

  /** Opens a page for its hidden token, then posts a form with it. */
  public Seen submit(String page, String path, String... fields) {
    String token =
        Optional.ofNullable(get(page).html().selectFirst("input[name=_csrf]"))
            .map(input -> input.attr("value"))
            .orElse("");
    List<String> all = new ArrayList<>(List.of("_csrf", token));
    all.addAll(List.of(fields));
    return post(path, all.toArray(String[]::new));
  }

  /** Posts a form as it is. */
  public Seen post(String path, String... fields) {
    StringBuilder form = new StringBuilder();
    for (int i = 0; i < fields.length; i += 2)
      form.append(i == 0 ? "" : "&")
          .append(encode(fields[i]))
          .append('=')
          .append(encode(fields[i + 1]));
    return send(
        request(path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form.toString())));
  }

  public Optional<HttpCookie> cookie(String name) {
    return cookies.getCookieStore().getCookies().stream()
        .filter(c -> c.getName().equals(name))
        .findFirst();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.uri(path))
        .timeout(Duration.ofSeconds(30))
        .header("Accept", "text/html,*/*;q=0.8");
  }

  private Seen send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Seen(answer.statusCode(), answer.body(), answer.headers());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
