package io.fettle.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.support.TestPostgres;
import io.fettle.support.WholeProcess;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** Fettle on a PostgreSQL of the company's own, and asked from elsewhere than this machine. */
class ElsewhereTest {
  @TempDir private Path folder;

  @Test
  void anOutsideDatabaseServesAndACommandLineElsewhereIsAnsweredOverTls() throws Exception {
    DataSource database = TestPostgres.empty();
    Map<String, String> environment = outside(database);
    environment.put("FETTLE_LISTEN", "0.0.0.0");
    try (WholeProcess server = new WholeProcess(folder.resolve("home"), environment)) {
      server.start();
      assertThat(server.get("/api/v1/status").path("lab").asBoolean()).isFalse();
      assertThat(server.home().resolve("postgres")).doesNotExist();

      Path certificate = server.home().resolve("tls/certificate.pem");
      URI elsewhere = address(server);
      assertThat(ask(server, elsewhere, certificate.toString(), "status"))
          .as("known by its certificate")
          .isZero();
      assertThat(ask(server, elsewhere, "", "status")).as("a stranger's certificate").isEqualTo(3);

      assertThat(ask(server, elsewhere, certificate.toString(), "doctor"))
          .as(doctor(server))
          .isZero();
      server.post("/api/v1/freeze", Map.of("on", true, "reason", "to be tampered with"));
      WholeProcess.await(
          "sealed",
          Duration.ofSeconds(20),
          () ->
              doctor(server).contains("\"audit_chain\",\"ok\":true,\"why\":\"")
                  && !doctor(server).contains("not sealed yet"));
      TestPostgres.run(
          database,
          """
          alter table audit.entry disable trigger entry_append_only;
          update audit.entry set actor = 'nobody';
          alter table audit.entry enable trigger entry_append_only
          """);
      assertThat(ask(server, elsewhere, certificate.toString(), "doctor")).isEqualTo(1);
      assertThat(doctor(server)).contains("broken at link 1");
    }
    environment.put("FETTLE_LAB", "true");
    try (WholeProcess lab = new WholeProcess(folder.resolve("lab"), environment)) {
      assertThatThrownBy(lab::start)
          .hasMessageContaining("This database keeps a real fleet")
          .hasMessageContaining("FETTLE_DB_URL");
    }
  }

  @Test
  void aDatabaseThatCannotBeUsedIsRefusedInOneSentence() throws Exception {
    PGSimpleDataSource database = (PGSimpleDataSource) TestPostgres.empty();
    Map<String, String> wrong = outside(database);
    wrong.put("FETTLE_DB_PASSWORD", "wrong");
    refused(wrong, "cannot be used (FATAL: password authentication failed");

    Map<String, String> nowhere = outside(database);
    nowhere.put("FETTLE_DB_URL", "postgresql://127.0.0.1:1/fettle?password=hidden");
    refused(nowhere, "The database at postgresql://127.0.0.1:1/fettle cannot be used");

    String name = database.getDatabaseName();
    TestPostgres.run(database, "revoke create on database " + name + " from " + database.getUser());
    Map<String, String> guest = outside(database);
    refused(guest, "may not create schemas there; GRANT CREATE");
  }

  @Test
  void aMisspeltVariableStopsTheStart() throws Exception {
    refused(
        Map.of("FETTLE_REMEDIATION_GLOBALCONCURENT", "1"),
        "FETTLE_REMEDIATION_GLOBALCONCURENT, which nothing reads;"
            + " did you mean FETTLE_REMEDIATION_GLOBALCONCURRENT?");
    refused(Map.of("FETTLE_CONF", "/nowhere.yml"), "FETTLE_CONF names /nowhere.yml");
  }

  private void refused(Map<String, String> environment, String words) throws Exception {
    try (WholeProcess server = new WholeProcess(folder.resolve("refused"), environment)) {
      assertThatThrownBy(server::start)
          .hasMessageContaining(words)
          .hasMessageNotContaining("hidden");
    }
  }

  private static Map<String, String> outside(DataSource database) {
    PGSimpleDataSource source = (PGSimpleDataSource) database;
    Map<String, String> environment = new java.util.HashMap<>();
    environment.put("FETTLE_DB_URL", source.getUrl());
    environment.put("FETTLE_DB_USER", source.getUser());
    environment.put("FETTLE_DB_PASSWORD", source.getPassword());
    return environment;
  }

  /** The server by an address of this machine that is not loopback; by name where it has none. */
  private static URI address(WholeProcess server) throws Exception {
    String host =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(a -> a instanceof Inet4Address && !a.isLoopbackAddress())
            .map(a -> a.getHostAddress())
            .findFirst()
            .orElse("localhost");
    return URI.create("https://" + host + ":" + server.uri().getPort());
  }

  private static String doctor(WholeProcess server) {
    try {
      return server.get("/api/v1/doctor").toString();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private int ask(WholeProcess server, URI address, String certificate, String command)
      throws Exception {
    Process asked =
        WholeProcess.java(
            "io.fettle.cli.Main",
            folder.resolve("cli.log"),
            Map.of(
                "FETTLE_HOME",
                folder.resolve("elsewhere").toString(),
                "FETTLE_TOKEN",
                Files.readString(server.token()).strip(),
                "FETTLE_CA",
                certificate),
            List.of(),
            List.of(command, "--json", "--server", address.toString()));
    assertThat(asked.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return asked.exitValue();
  }
}
