package io.fettle.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Role;
import io.fettle.support.FettleTest;
import io.fettle.support.TestBrowser;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@FettleTest
class TokensTest {
  @Autowired private TestServer server;
  @Autowired private JdbcClient sql;
  @Autowired private FirstStart start;

  @Test
  void theLocalTokenIsPrivateAndRenewedAtEachStart() throws Exception {
    String first = server.adminToken();
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(server.home().resolve("admin.token"))))
        .isEqualTo("rw-------");
    assertThat(list(first).status()).isEqualTo(200);

    start.afterSingletonsInstantiated();

    assertThat(list(first).status()).isEqualTo(401);
    assertThat(list(server.adminToken()).status()).isEqualTo(200);
    assertThat(Files.exists(server.home().resolve("admin.password"))).isFalse();
  }

  @Test
  void aTokenIsStoredOnlyAsItsHash() {
    String token = server.token(Role.OPERATOR);

    assertThat(token).startsWith("fet_").hasSize(47);
    assertThat(
            sql.sql("select count(*) from identity.token t where t::text like '%' || :t || '%'")
                .param("t", token.substring(4))
                .query(Long.class)
                .single())
        .isZero();
    assertThat(
            sql.sql("select count(*) from identity.token where hash = sha256(:t::bytea)")
                .param("t", token)
                .query(Long.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void aTokenEndsWhenRevokedOrExpired() {
    Answer made = server.post(Role.ADMINISTRATOR, "/api/v1/tokens", wish("to end", "auditor"));
    String text = made.json().get("token").asString();
    String id = made.json().get("id").asString();
    assertThat(list(text).status()).isEqualTo(200);
    assertThat(server.send(server.adminToken(), "DELETE", "/api/v1/tokens/" + id, null).status())
        .isEqualTo(204);
    assertThat(list(text).status()).isEqualTo(401);

    Answer old = server.post(Role.ADMINISTRATOR, "/api/v1/tokens", wish("to expire", "auditor"));
    sql.sql(
            "update identity.token set expires_at = now() - interval '1 second' where id = :id::uuid")
        .param("id", old.json().get("id").asString())
        .update();
    Answer refused = list(old.json().get("token").asString());
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.json().get("type").asString()).isEqualTo("urn:fettle:problem:bad-token");
    assertThat(refused.header("WWW-Authenticate")).hasValue("Bearer error=\"invalid_token\"");
  }

  @Test
  void thePeoplePageShowsTokensAndEndsThem() {
    Answer made =
        server.post(Role.ADMINISTRATOR, "/api/v1/tokens", wish("of <b>a</b> script", "auditor"));
    String text = made.json().get("token").asString();
    String action = "/people/tokens/" + made.json().get("id").asString() + "/revoke";
    TestBrowser browser = new TestBrowser(server);
    browser.signIn("admin", TestServer.ADMIN_PASSWORD);

    var row = browser.get("/people").html().select("#tokens tr:has(form[action=" + action + "])");
    assertThat(row.text()).contains("of <b>a</b> script", "Auditor", "never", "Revoke");
    assertThat(browser.submit("/people", action).to()).isEqualTo("/people#tokens");

    assertThat(list(text).status()).isEqualTo(401);
    assertThat(browser.get("/people").html().select("form[action=" + action + "]")).isEmpty();
  }

  @Test
  void aTokenMakesNoTokenUnlessItIsAnAdministrators() {
    assertThat(server.post(Role.OPERATOR, "/api/v1/tokens", wish("more", "administrator")).status())
        .isEqualTo(403);
    assertThat(server.post(Role.ADMINISTRATOR, "/api/v1/tokens", wish("x", "root")).status())
        .isEqualTo(422);
    assertThat(
            server
                .post(
                    Role.ADMINISTRATOR,
                    "/api/v1/tokens",
                    Map.of("name", "x", "role", "owner", "expires", "4000"))
                .status())
        .isEqualTo(422);
  }

  @Test
  void aListShowsNoSecretAndOnlyTheOwnToOthers() {
    String token = server.token(Role.AUDITOR);

    Answer all = list(server.adminToken());
    assertThat(all.body()).doesNotContain(token).doesNotContain("hash");
    assertThat(all.json().get("items").size()).isGreaterThan(1);
    assertThat(list(token).json().get("items").size()).isZero();
  }

  @Test
  void useIsNoted() {
    Answer made = server.post(Role.ADMINISTRATOR, "/api/v1/tokens", wish("used", "auditor"));
    list(made.json().get("token").asString());

    assertThat(
            sql.sql("select last_used_at is not null from identity.token where id = :id::uuid")
                .param("id", made.json().get("id").asString())
                .query(Boolean.class)
                .single())
        .isTrue();
  }

  private Answer list(String token) {
    return server.send(token, "GET", "/api/v1/tokens", null);
  }

  private static Map<String, ?> wish(String name, String role) {
    return Map.of("name", name, "role", role, "teams", List.of(), "expires", "P7D");
  }
}
