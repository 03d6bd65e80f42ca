package io.fettle.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir Path folder;

  @Test
  void theFileSpeaksOfRoomsWithoutAPrefix() throws IOException {
    Settings settings = load("platform:\n  port: 9090\n  pool-size: 7\n", Map.of());

    assertThat(settings.platform().port()).isEqualTo(9090);
    assertThat(settings.values()).containsEntry("fettle.platform.pool-size", "7");
  }

  @Test
  void theEnvironmentWins() throws IOException {
    Settings settings =
        load(
            "platform:\n  port: 9090\n",
            Map.of("FETTLE_PORT", "9191", "FETTLE_DB_URL", "jdbc:postgresql://db/fettle"));

    assertThat(settings.platform().port()).isEqualTo(9191);
    assertThat(settings.platform().databaseUrl()).isEqualTo("jdbc:postgresql://db/fettle");
  }

  @Test
  void anUnknownKeyStopsTheStartAndNamesLineAndNearest() {
    assertThatThrownBy(() -> load("# mine\nplatform:\n  port: 1\n  pol-size: 7\n", Map.of()))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("fettle.yml line 4: there is no setting 'platform.pol-size'")
        .hasMessageContaining("did you mean 'platform.pool-size'?");
  }

  @Test
  void brokenYamlNamesTheLine() {
    assertThatThrownBy(() -> load("platform:\n  port: [1\n", Map.of()))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("line 3");
    assertThatThrownBy(() -> load("- platform\n", Map.of()))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("line 1: expected 'room:' lines");
  }

  @Test
  void aValueOfTheWrongKindIsRefusedInWords() {
    assertThatThrownBy(() -> load("platform:\n  port: web\n", Map.of()))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("web");
  }

  @Test
  void aFileOfCommentsAloneIsEmpty() throws IOException {
    assertThat(load("# nothing\n", Map.of()).values()).isEmpty();
  }

  @Test
  void theFileThatShipsDocumentsExactlyTheSettingsThatExist() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("conf/fettle.yml"));
    List<String> documented = ShippedConf.keys(lines);
    List<String> known = KnownKeys.gathered().all().stream().map(KnownKeys.Key::name).toList();

    assertThat(documented).as("conf/fettle.yml").containsExactlyInAnyOrderElementsOf(known);
  }

  @Test
  void theFileThatShipsChangesNothing() {
    assertThat(ConfFile.read(Path.of("conf/fettle.yml"))).isEmpty();
  }

  @Test
  void loopbackNeedsNoCertificateAndElsewhereOneIsMade() throws IOException {
    assertThat(Web.properties(load("", Map.of()))).doesNotContainKey("server.ssl.bundle");
    Settings open = load("", Map.of("FETTLE_LISTEN", "0.0.0.0"));
    assertThat(Web.properties(open)).containsEntry("server.ssl.bundle", "web");
    Tls tls = Tls.of(open.home(), open.platform());
    assertThat(tls.fingerprint()).matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");
    assertThat(Files.getPosixFilePermissions(tls.key())).hasSize(2);
    assertThat(Files.readString(folder.resolve("home/run/fingerprint")).strip())
        .isEqualTo(tls.fingerprint());
    assertThat(Tls.of(open.home(), open.platform()).fingerprint()).isEqualTo(tls.fingerprint());
  }

  private Settings load(String yaml, Map<String, String> environment) throws IOException {
    Path conf = folder.resolve("fettle.yml");
    Files.writeString(conf, yaml);
    Files.createDirectories(folder.resolve("home/run"));
    java.util.Map<String, String> all = new java.util.HashMap<>(environment);
    all.put("FETTLE_CONF", conf.toString());
    all.put("FETTLE_HOME", folder.resolve("home").toString());
    return Settings.load(all);
  }
}
