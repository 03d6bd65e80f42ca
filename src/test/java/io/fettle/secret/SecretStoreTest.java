package io.fettle.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.audit.Audit;
import io.fettle.kernel.Actor;
import io.fettle.kernel.CannotStart;
import io.fettle.kernel.Problem;
import io.fettle.support.TestPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.env.MockEnvironment;

class SecretStoreTest {
  private static final Actor LI = new Actor(Actor.Kind.PERSON, "li");
  private static final String PASSWORD = "Pa55-绝密-word";

  @TempDir private Path home;
  private final JdbcClient sql = JdbcClient.create(TestPostgres.fresh());
  private final CredentialTable table = new CredentialTable(sql);
  private final List<String> recorded = new ArrayList<>();
  private final Audit audit =
      (who, action, object, reason, details) -> recorded.add(action + " " + object + " " + details);

  @Test
  void whatIsPutIsOpenedAndNothingReadableIsStored() {
    SecretStore secrets = store(environment());

    secrets.put(credential("db", Credential.Kind.SSH_PASSWORD, PASSWORD), LI);

    Credential opened = secrets.open("db").orElseThrow();
    assertThat(new String(opened.secret())).isEqualTo(PASSWORD);
    assertThat(opened.toString()).doesNotContain(PASSWORD);
    assertThat(secrets.open("other")).isEmpty();
    String rows =
        sql.sql("select c::text || encode(sealed, 'escape') from secret.credential c")
            .query(String.class)
            .single();
    assertThat(rows).doesNotContain("Pa55");
    assertThat(secrets.list())
        .containsExactly(new Secrets.Entry("db", Credential.Kind.SSH_PASSWORD, "root"));
    assertThat(recorded)
        .singleElement()
        .asString()
        .startsWith("credential.stored")
        .doesNotContain("Pa55");
  }

  @Test
  void aSecondPutReplacesAndRemovalIsRecorded() {
    SecretStore secrets = store(environment());
    secrets.put(credential("x", Credential.Kind.BMC, "first"), LI);
    secrets.put(credential("x", Credential.Kind.BMC, "second"), LI);

    assertThat(new String(secrets.open("x").orElseThrow().secret())).isEqualTo("second");
    assertThat(secrets.remove("x", LI)).isTrue();
    assertThat(secrets.remove("x", LI)).isFalse();
    assertThat(recorded)
        .extracting(r -> r.split(" ")[0])
        .containsExactly("credential.stored", "credential.replaced", "credential.removed");
  }

  @Test
  void aRowCopiedOverAnotherDoesNotOpen() {
    SecretStore secrets = store(environment());
    secrets.put(credential("weak", Credential.Kind.SSH_PASSWORD, "guest"), LI);
    secrets.put(credential("strong", Credential.Kind.SSH_PASSWORD, PASSWORD), LI);
    sql.sql(
            """
            update secret.credential w set sealed_key = s.sealed_key, sealed = s.sealed
            from secret.credential s where w.name = 'weak' and s.name = 'strong'
            """)
        .update();

    assertThatThrownBy(() -> secrets.open("weak"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("weak")
        .hasMessageNotContaining("Pa55");

    secrets.put(credential("weak", Credential.Kind.SSH_PASSWORD, "guest"), LI);
    sql.sql("update secret.credential set username = 'toor' where name = 'weak'").update();
    assertThatThrownBy(() -> secrets.open("weak")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theKeyFileIsMadePrivateAndUsedAgain() throws IOException {
    store(environment()).put(credential("db", Credential.Kind.SSH_PASSWORD, PASSWORD), LI);

    Path file = home.resolve("master.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    String first = Files.readString(file);
    assertThat(new String(store(environment()).open("db").orElseThrow().secret()))
        .isEqualTo(PASSWORD);
    assertThat(Files.readString(file)).isEqualTo(first);
  }

  @Test
  void aKeyFileThatOthersMayReadIsRefused() throws IOException {
    store(environment());
    Files.setPosixFilePermissions(
        home.resolve("master.key"), PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> store(environment()))
        .isInstanceOf(CannotStart.class)
        .hasMessageContaining("chmod 600");
  }

  @Test
  void aLostOrForeignKeyIsRefusedAndNeverReplaced() throws IOException {
    store(environment()).put(credential("db", Credential.Kind.SSH_PASSWORD, PASSWORD), LI);
    Path file = home.resolve("master.key");
    String key = Files.readString(file);
    Files.delete(file);

    assertThatThrownBy(() -> store(environment()))
        .isInstanceOf(CannotStart.class)
        .hasMessageContaining("is missing");
    assertThat(Files.exists(file)).isFalse();
    String other = HexFormat.of().formatHex(Seal.randomKey());
    assertThatThrownBy(() -> store(environment().withProperty("fettle.master-key", other)))
        .isInstanceOf(CannotStart.class)
        .hasMessageContaining("is not the one")
        .hasMessageNotContaining(other);
    SecretStore again = store(environment().withProperty("fettle.master-key", key.strip()));
    assertThat(new String(again.open("db").orElseThrow().secret())).isEqualTo(PASSWORD);
  }

  @Test
  void aKeyThatIsNoneIsRefusedInWords() {
    for (String bad :
        List.of("short", "zz" + "0".repeat(62), Base64.getEncoder().encodeToString(new byte[31])))
      assertThatThrownBy(() -> store(environment().withProperty("fettle.master-key", bad)))
          .isInstanceOf(CannotStart.class)
          .hasMessageContaining("openssl rand -base64 32")
          .hasMessageNotContaining(bad);
  }

  @Test
  void aNewKeyInFrontOfTheOldSealsEverythingAnew() throws IOException {
    store(environment()).put(credential("db", Credential.Kind.SSH_PASSWORD, PASSWORD), LI);
    String old = Files.readString(home.resolve("master.key")).strip();
    String fresh = Base64.getEncoder().encodeToString(Seal.randomKey());

    store(environment().withProperty("fettle.master-key", fresh + "," + old))
        .afterSingletonsInstantiated();

    SecretStore only = store(environment().withProperty("fettle.master-key", fresh));
    assertThat(new String(only.open("db").orElseThrow().secret())).isEqualTo(PASSWORD);
  }

  @Test
  void anSshKeyMustBeOneWithoutPassphrase() throws Exception {
    SecretStore secrets = store(environment());
    for (String type : List.of("ed25519", "rsa", "ecdsa")) {
      String key = keygen(type, "");
      secrets.put(credential(type, Credential.Kind.SSH_KEY, key), LI);
      assertThat(new String(secrets.open(type).orElseThrow().secret())).isEqualTo(key);
    }

    refuses(secrets, keygen("ed25519", "a passphrase"), "passphrase");
    refuses(secrets, Files.readString(home.resolve("k-ed25519-.pub")), "no private key");
    refuses(secrets, "nonsense", "no private key");
    refuses(secrets, keygen("rsa", "").substring(0, 700), "cannot be read");
    assertThat(secrets.list()).hasSize(3);
  }

  @Test
  void aPasswordThatNoCardTakesIsRefused() {
    SecretStore secrets = store(environment());

    for (String bad : List.of("", "two\nlines", "x".repeat(21)))
      assertThatThrownBy(() -> secrets.put(credential("b", Credential.Kind.BMC, bad), LI))
          .isInstanceOf(Problem.class);
    assertThat(recorded).isEmpty();
  }

  private void refuses(SecretStore secrets, String key, String why) {
    assertThatThrownBy(() -> secrets.put(credential("bad", Credential.Kind.SSH_KEY, key), LI))
        .isInstanceOfSatisfying(
            Problem.class,
            p -> {
              assertThat(p.faults().getFirst().reason().en()).contains(why);
              assertThat(p.faults().getFirst().value()).isEmpty();
            });
  }

  private String keygen(String type, String passphrase) throws Exception {
    Path file = home.resolve("k-" + type + "-" + passphrase.replace(' ', '_'));
    Files.deleteIfExists(file);
    Process process =
        new ProcessBuilder("ssh-keygen", "-q", "-t", type, "-N", passphrase, "-f", file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return Files.readString(file);
  }

  private SecretStore store(MockEnvironment environment) {
    KeyRing keys = new KeyRing(environment, table, Clock.systemUTC());
    return new SecretStore(table, keys, audit, Clock.systemUTC());
  }

  private MockEnvironment environment() {
    return new MockEnvironment().withProperty("fettle.home", home.toString());
  }

  private static Credential credential(String name, Credential.Kind kind, String secret) {
    return new Credential(name, kind, "root", secret.toCharArray());
  }
}
