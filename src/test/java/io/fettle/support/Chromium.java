package io.fettle.support;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.TimeoutError;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Debian's Chromium, driven by Playwright; tests are skipped with a word where it is missing. */
public final class Chromium implements AutoCloseable {
  private static final Path BINARY = Path.of("/usr/bin/chromium");

  private final Playwright playwright;
  private final Browser browser;

  public Chromium() {
    assumeTrue(Files.isExecutable(BINARY), "no " + BINARY + ": apt-get install chromium");
    PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(BINARY)
                    .setTimeout(60_000)
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync")));
  }

  /** One tab with what went wrong in it. */
  public static final class Tab implements AutoCloseable {
    private final BrowserContext context;
    private final URI server;
    public final Page page;
    private final List<String> errors = new CopyOnWriteArrayList<>();

    private Tab(BrowserContext context, URI server) {
      this.context = context;
      this.server = server;
      context.setDefaultTimeout(20_000);
      context.setDefaultNavigationTimeout(30_000);
      page = context.newPage();
      page.onConsoleMessage(message -> {
        if (message.type().equals("error")) errors.add(page.url() + ": " + message.text());
      });
      page.onPageError(error -> errors.add(page.url() + ": " + error));
    }

    /** Opens a path of the server. */
    public Page open(String path) {
      page.navigate(server.resolve(path).toString());
      return page;
    }

    /** Signs in through the form. */
    public Page signIn(String name, String password) {
      open("/sign-in");
      page.fill("input[name=name]", name);
      page.fill("input[name=password]", password);
      page.click("main button");
      try {
        page.waitForURL(url -> !url.contains("/sign-in"));
      } catch (TimeoutError e) {
        throw new AssertionError("at " + page.url() + ": " + page.innerText("main"), e);
      }
      return page;
    }

    /** Console errors and violated policies since the tab was opened. */
    public List<String> errors() {
      return List.copyOf(errors);
    }

    /** By how many pixels the page is wider than its window. */
    public int overhang() {
      Object wide =
          page.evaluate(
              "document.documentElement.scrollWidth - document.documentElement.clientWidth");
      return ((Number) wide).intValue();
    }

    @Override
    public void close() {
      context.close();
    }
  }

  /** A tab with cookies of its own. */
  public Tab tab(URI server, int width, int height, String locale) {
    return tab(server, width, height, locale, null);
  }

  /**
   * @param scheme light, dark or null for light
   */
  public Tab tab(URI server, int width, int height, String locale, @Nullable ColorScheme scheme) {
    Browser.NewContextOptions options =
        new Browser.NewContextOptions().setViewportSize(width, height).setLocale(locale);
    if (scheme != null) options.setColorScheme(scheme);
    return new Tab(browser.newContext(options), server);
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
