package io.fettle.journey;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import io.fettle.support.Chromium;
import io.fettle.support.Chromium.Tab;
import io.fettle.support.LabProcess;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A person lets a suggested repair run and watches it in the browser: a real run of the engine
 * against a card of the lab, its bytes and its proof, on a page that is never loaded again.
 */
class WatchedRepairTest {
  private static final int MACHINES = 12;
  private static final Duration SOON = Duration.ofSeconds(90);

  @Test
  void bytesAndProofAppearWithoutReload(@TempDir Path folder) throws Exception {
    try (WholeProcess server =
            new WholeProcess(folder.resolve("home"), Map.of("FETTLE_LAB", "true"));
        Chromium browser = new Chromium()) {
      server.start();
      try (LabProcess lab = new LabProcess(folder.resolve("lab"), MACHINES, server, 2_700)) {
        WholeProcess.await(
            "fleet known",
            SOON,
            () -> at(server, "/api/v1/status").path("machines").asInt() == MACHINES);
        server.post(
            "/api/v1/policies/bmc-nic-mode/mode",
            Map.of("mode", "suggest", "reason", "a first step"));
        String asset = dell(lab);
        lab.tell("inject bmc.nic_mode " + asset + " shared");
        WholeProcess.await("with a person", SOON, () -> !escalated(server).isEmpty());
        String fault = escalated(server).getFirst().path("id").asString();
        assertThat(writes(lab, asset)).isEmpty();

        try (Tab tab = browser.tab(server.uri(), 1280, 900, "en-GB")) {
          tab.signIn("admin", Files.readString(server.home().resolve("admin.password")).strip());
          tab.open("/faults/" + fault);
          Locator suggestion = tab.page.locator(".f-suggestion");
          assertThat(suggestion).containsText("bmc.set_nic_mode");
          shoot(tab, "suggested");
          suggestion.locator("button").click();
          assertThat(suggestion).hasCount(0);
          assertThat(tab.page.locator("html")).hasAttribute("data-stream", "open");
          tab.page.evaluate("window.sameDocument = true");

          Locator story = tab.page.locator("#fault-story");
          assertThat(story).containsText("→ netfn 30 cmd 24 data 02");
          assertThat(tab.page.locator("#fault-head .f-pill").first()).hasText("Recovered");
          assertThat(story).containsText("proven");
          assertThat(tab.page.locator("#fault-side")).containsText("Proven");
          assertThat(tab.page.evaluate("window.sameDocument")).isEqualTo(true);
          assertThat(tab.errors()).isEmpty();
          shoot(tab, "repaired");
        }
        assertThat(writes(lab, asset)).hasSize(1);
        assertThat(lab.tell("state " + asset).path("broken")).isEmpty();
      }
    }
  }

  /** Pictures for who wants to see them: {@code -Dfettle.pictures=FOLDER}. */
  private static void shoot(Tab tab, String name) {
    String folder = System.getProperty("fettle.pictures", "");
    if (!folder.isEmpty())
      tab.page.screenshot(
          new com.microsoft.playwright.Page.ScreenshotOptions()
              .setPath(Path.of(folder, name + ".png"))
              .setFullPage(true));
  }

  private static String dell(LabProcess lab) throws IOException {
    for (int n = 0; n < MACHINES; n++) {
      String asset = "ZC%06d".formatted(4000 + n);
      if (lab.tell("state " + asset).path("make").asString().equals("DELL_11G")) return asset;
    }
    throw new AssertionError("no Dell of the 11th generation");
  }

  private static List<String> writes(LabProcess lab, String asset) throws IOException {
    return lab.journal().stream()
        .filter(l -> l.machine().equals(asset) && !l.via().equals("inject"))
        .map(LabProcess.Line::what)
        .filter(what -> what.startsWith("netfn 30 cmd 24"))
        .toList();
  }

  private static List<JsonNode> escalated(WholeProcess server) {
    return at(server, "/api/v1/faults?class=bmc.nic_mode&state=escalated")
        .path("items")
        .valueStream()
        .toList();
  }

  private static JsonNode at(WholeProcess server, String path) {
    try {
      return server.get(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
