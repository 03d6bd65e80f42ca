package io.fettle.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Role;
import io.fettle.support.FettleTest;
import io.fettle.support.TestBrowser;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@FettleTest
class AuditPagesTest {
  @Autowired private TestServer server;
  @Autowired private Audit audit;
  @Autowired private PlatformTransactionManager transactions;

  @Test
  void anAuditorReadsAndVerifiesOverTheApi() throws Exception {
    for (int i = 0; i < 3; i++) write("audit-pages:api", "n" + i);

    Answer first = server.get(Role.AUDITOR, "/api/v1/audit?object=audit-pages:api&limit=2");
    assertThat(first.json().get("items").size()).isEqualTo(2);
    assertThat(first.json().at("/items/0/details/what").asString()).isEqualTo("n2");
    assertThat(first.json().at("/items/0/actor").asString()).isEqualTo("person:li");
    String next = first.json().get("next").asString();
    Answer second =
        server.get(Role.AUDITOR, "/api/v1/audit?object=audit-pages:api&limit=2&cursor=" + next);
    assertThat(second.json().get("items").size()).isEqualTo(1);
    assertThat(second.json().get("next").isNull()).isTrue();

    for (int i = 0; i < 100; i++) {
      if (server
              .get(Role.AUDITOR, "/api/v1/audit/verification")
              .json()
              .at("/proof/unsealed")
              .asLong()
          == 0) break;
      Thread.sleep(50);
    }
    Answer proof = server.get(Role.AUDITOR, "/api/v1/audit/verification");
    assertThat(proof.json().get("intact").asBoolean()).isTrue();
    assertThat(proof.json().at("/proof/rows").asLong()).isGreaterThanOrEqualTo(3);
    assertThat(server.get(Role.OPERATOR, "/api/v1/audit").status()).isEqualTo(403);
  }

  @Test
  void thePageShowsHostileTextAsText() {
    write("audit-pages:html", "<script>alert(1)</script>");
    TestBrowser browser = new TestBrowser(server);
    browser.signIn("admin", TestServer.ADMIN_PASSWORD);

    var page = browser.get("/audit?object=audit-pages:html").html();

    assertThat(page.select("main tr[data-row]")).hasSize(1);
    assertThat(page.select("main script")).isEmpty();
    assertThat(page.select("main tr[data-row]").text()).contains("<script>alert(1)</script>");
    assertThat(browser.get("/audit/verification").html().select("h1").text())
        .isEqualTo("Verify the chain");
  }

  private void write(String object, String what) {
    new TransactionTemplate(transactions)
        .executeWithoutResult(status ->
            audit.record(
                new Actor(Actor.Kind.PERSON, "li"),
                "test.done",
                object,
                null,
                Map.of("what", what)));
  }
}
