package io.fettle.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Role;
import io.fettle.support.FettleTest;
import io.fettle.support.TestBrowser;
import io.fettle.support.TestBrowser.Seen;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@FettleTest
class SignInTest {
  @Autowired private TestServer server;
  @Autowired private JdbcClient sql;

  @BeforeEach
  void forgetTries() {
    sql.sql("delete from identity.sign_in_failure").update();
  }

  @Test
  void aBrowserWithoutSignInIsLedToTheFormAndBack() {
    TestBrowser browser = new TestBrowser(server);

    Seen refused = browser.get("/people?cursor=a");
    assertThat(refused.status()).isEqualTo(302);
    assertThat(refused.to()).isEqualTo("/sign-in?to=%2Fpeople%3Fcursor%3Da");
    assertThat(browser.get(refused.to()).html().select("input[name=to]").attr("value"))
        .isEqualTo("/people?cursor=a");
    assertThat(browser.cookie("fettle")).as("no session before sign-in").isEmpty();

    Seen in =
        browser.submit(
            refused.to(),
            "/sign-in",
            "name",
            "Admin",
            "password",
            TestServer.ADMIN_PASSWORD,
            "to",
            "/people?cursor=a");
    assertThat(in.to()).isEqualTo("/people?cursor=a");
    assertThat(browser.get("/people").status()).isEqualTo(200);
  }

  @Test
  void theSessionCookieIsOutOfReachOfScriptsAndOtherSites() {
    TestBrowser browser = new TestBrowser(server);

    List<String> cookies =
        browser.signIn("admin", TestServer.ADMIN_PASSWORD).headers().allValues("Set-Cookie");

    assertThat(cookies)
        .anySatisfy(
            c -> assertThat(c).startsWith("fettle=").contains("HttpOnly").contains("SameSite=Lax"));
    browser.get("/people");
    assertThat(browser.cookie("fettle_csrf").orElseThrow().isHttpOnly()).isTrue();
  }

  @Test
  void noDoorLeadsElsewhere() {
    for (String evil :
        List.of(
            "//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)")) {
      TestBrowser browser = new TestBrowser(server);
      Seen in =
          browser.submit(
              "/sign-in",
              "/sign-in",
              "name",
              "admin",
              "password",
              TestServer.ADMIN_PASSWORD,
              "to",
              evil);
      assertThat(in.to()).as(evil).isEqualTo("/");
    }
  }

  @Test
  void aFormWithoutItsTokenChangesNothing() {
    TestBrowser browser = new TestBrowser(server);
    browser.signIn("admin", TestServer.ADMIN_PASSWORD);

    assertThat(browser.post("/people", "name", "forged", "roles", "ADMINISTRATOR").status())
        .isEqualTo(403);
    assertThat(
            browser
                .post("/people", "name", "forged", "roles", "ADMINISTRATOR", "_csrf", "x")
                .status())
        .isEqualTo(403);
    assertThat(browser.post("/sign-out").status()).isEqualTo(403);
    assertThat(browser.get("/people").html().text()).doesNotContain("forged");
    assertThat(browser.post("/sign-in", "name", "admin", "password", "x").to())
        .isEqualTo("/sign-in?stale");
  }

  @Test
  void signingOutEndsTheSession() {
    TestBrowser browser = new TestBrowser(server);
    browser.signIn("admin", TestServer.ADMIN_PASSWORD);

    assertThat(browser.submit("/people", "/sign-out").to()).isEqualTo("/sign-in?out");
    assertThat(browser.get("/people").to()).startsWith("/sign-in");
  }

  @Test
  void guessingGrowsSlowAlsoForTheRightPasswordAndForUnknownAccounts() {
    create("guessed", "operator");
    for (String account : List.of("guessed", "nobody-of-that-name")) {
      TestBrowser browser = new TestBrowser(server);
      for (int i = 0; i < 5; i++)
        assertThat(browser.signIn(account, "wrong-" + i).to()).isEqualTo("/sign-in?failed");
      Seen slowed = browser.signIn(account, "wrong again");
      assertThat(slowed.to()).matches("/sign-in\\?wait=\\d+");
      assertThat(browser.get(slowed.to()).html().select("[role=alert]").text())
          .contains("Too many tries");
    }
    assertThat(
            sql.sql("select count(*) from audit.entry where action = 'sign_in.slowed'")
                .query(Long.class)
                .single())
        .isGreaterThanOrEqualTo(2);
  }

  @Test
  void aFirstPasswordMustBeChangedAndEndsOtherSessions() {
    String first = create("zhang.wei", "operator");
    TestBrowser browser = new TestBrowser(server);
    assertThat(browser.signIn("zhang.wei", first).to()).isEqualTo("/account/password");
    assertThat(browser.get("/machines").to()).isEqualTo("/account/password");
    TestBrowser other = new TestBrowser(server);
    other.signIn("zhang.wei", first);

    Seen refused =
        browser.submit(
            "/account/password",
            "/account/password",
            "old",
            first,
            "password",
            "short",
            "repeat",
            "short");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.html().select("[role=alert]").text()).contains("10");
    Seen changed =
        browser.submit(
            "/account/password",
            "/account/password",
            "old",
            first,
            "password",
            "a better one 1",
            "repeat",
            "a better one 1");

    assertThat(changed.to()).isEqualTo("/sign-in?changed");
    assertThat(other.get("/account/password").to()).startsWith("/sign-in");
    assertThat(browser.signIn("zhang.wei", first).to()).isEqualTo("/sign-in?failed");
    assertThat(browser.signIn("zhang.wei", "a better one 1").to()).isEqualTo("/");
  }

  @Test
  void aDisabledPersonIsOutAtOnceWithTheirTokens() {
    String first = create("leaver", "auditor");
    TestBrowser browser = new TestBrowser(server);
    browser.signIn("leaver", first);
    browser.submit(
        "/account/password",
        "/account/password",
        "old",
        first,
        "password",
        "leaver's own pw",
        "repeat",
        "leaver's own pw");
    browser.signIn("leaver", "leaver's own pw");
    assertThat(browser.get("/api/v1/me").body()).contains("leaver");

    server.send(server.adminToken(), "PATCH", "/api/v1/people/leaver", "{\"disabled\":true}");

    assertThat(browser.get("/api/v1/me").status()).isEqualTo(401);
    assertThat(browser.signIn("leaver", "leaver's own pw").to()).isEqualTo("/sign-in?failed");
  }

  @Test
  void theLastAdministratorStays() {
    assertThat(
            server
                .send(server.adminToken(), "PATCH", "/api/v1/people/admin", "{\"disabled\":true}")
                .status())
        .isEqualTo(409);
    assertThat(
            server
                .send(
                    server.adminToken(),
                    "PATCH",
                    "/api/v1/people/admin",
                    "{\"roles\":[\"operator\"]}")
                .status())
        .isEqualTo(409);
  }

  @Test
  void peopleAreMadeOnThePageAndTheirTeamsKept() {
    TestBrowser browser = new TestBrowser(server);
    browser.signIn("admin", TestServer.ADMIN_PASSWORD);

    Seen made =
        browser.submit(
            "/people",
            "/people",
            "name",
            "wang.fang",
            "display_name",
            "王芳 <b>",
            "roles",
            "OWNER",
            "teams",
            "支付，搜索");

    assertThat(made.status()).isEqualTo(200);
    assertThat(made.html().select("[data-password]").text()).hasSize(20);
    assertThat(made.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
    Answer person = server.get(Role.ADMINISTRATOR, "/api/v1/people/wang.fang");
    assertThat(person.json().get("teams").toString()).isEqualTo("[\"搜索\",\"支付\"]");
    assertThat(person.body()).doesNotContain("hash");
    assertThat(browser.get("/people").body()).contains("王芳 &lt;b&gt;").doesNotContain("王芳 <b>");
    assertThat(browser.get("/people/wang.fang").html().select("input[name=teams]").attr("value"))
        .isEqualTo("搜索, 支付");
  }

  private String create(String name, String role) {
    Answer made =
        server.post(
            Role.ADMINISTRATOR, "/api/v1/people", Map.of("name", name, "roles", List.of(role)));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return made.json().get("password").asString();
  }
}
