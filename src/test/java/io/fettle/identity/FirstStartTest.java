package io.fettle.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.audit.Audit;
import io.fettle.support.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;

class FirstStartTest {
  @TempDir private Path home;
  private final DataSource database = TestPostgres.fresh();
  private final PersonTable people = new PersonTable(JdbcClient.create(database));
  private final Passwords passwords = new Passwords();
  private final Audit audit = (who, action, object, reason, details) -> {};

  @Test
  void theFirstStartMakesOneAdministratorWithAPasswordOnlyTheOwnerReads() throws IOException {
    start(Map.of()).afterSingletonsInstantiated();

    Path file = home.resolve("admin.password");
    String password = Files.readString(file).strip();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(password).hasSize(20);
    assertThat(passwords.matches(password, hash())).isTrue();
    assertThat(hash()).startsWith("{bcrypt}");

    String before = hash();
    Files.delete(file);
    start(Map.of()).afterSingletonsInstantiated();
    assertThat(file).doesNotExist();
    assertThat(hash()).isEqualTo(before);
  }

  @Test
  void aGivenPasswordIsWrittenNowhere() throws IOException {
    start(Map.of("FETTLE_ADMIN_PASSWORD", "from the environment")).afterSingletonsInstantiated();

    assertThat(home.resolve("admin.password")).doesNotExist();
    assertThat(passwords.matches("from the environment", hash())).isTrue();
    try (var files = Files.list(home)) {
      assertThat(files.map(f -> f.getFileName().toString())).containsExactly("admin.token");
    }
  }

  @Test
  void anUnknownAccountTakesTheTimeOfAKnownOne() {
    start(Map.of("FETTLE_ADMIN_PASSWORD", "from the environment")).afterSingletonsInstantiated();
    String hash = hash();
    for (int i = 0; i < 5; i++) {
      passwords.matches("warm", null);
      passwords.matches("warm", hash);
    }

    double unknown = median(null);
    double known = median(hash);
    double tooLong = medianOf("x".repeat(100), hash);
    assertThat(unknown / known).isBetween(0.5, 2.0);
    assertThat(tooLong / known).isBetween(0.5, 2.0);
  }

  private double median(@org.jspecify.annotations.Nullable String hash) {
    return medianOf("a wrong password", hash);
  }

  private double medianOf(String password, @org.jspecify.annotations.Nullable String hash) {
    double[] nanos = new double[11];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      assertThat(passwords.matches(password, hash)).isFalse();
      nanos[i] = System.nanoTime() - start;
    }
    java.util.Arrays.sort(nanos);
    return nanos[nanos.length / 2];
  }

  private String hash() {
    return people.account("admin").orElseThrow().passwordHash();
  }

  private FirstStart start(Map<String, Object> variables) {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(new SystemEnvironmentPropertySource("test-variables", variables));
    environment
        .getPropertySources()
        .addFirst(
            new org.springframework.core.env.MapPropertySource(
                "home", Map.of("fettle.home", home.toString())));
    TokenTable tokens = new TokenTable(JdbcClient.create(database));
    return new FirstStart(
        people,
        new TokenRegister(tokens, people, passwords, audit, Clock.systemUTC()),
        passwords,
        audit,
        new JdbcTransactionManager(database),
        environment,
        Clock.systemUTC());
  }
}
