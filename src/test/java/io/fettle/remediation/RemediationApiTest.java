package io.fettle.remediation;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Role;
import io.fettle.support.FettleTest;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The room's doors on the whole server. */
@FettleTest
class RemediationApiTest {
  @Autowired private TestServer server;
  @Autowired private Shelf shelf;
  @Autowired private RemediationHealth health;

  @Test
  void everyShippedPolicyIsGoodAndStartsInObserve() {
    shelf.reload();

    Answer answer = server.get(Role.AUDITOR, "/api/v1/policies");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(shelf.complaints()).isEmpty();
    assertThat(answer.json().get("items")).isNotEmpty();
    answer
        .json()
        .get("items")
        .forEach(p -> assertThat(p.get("mode").asString()).isEqualTo("OBSERVE"));
    assertThat(health.check().ok()).isTrue();
  }

  @Test
  void raisingAModeNeedsAnAdministratorAndAReason() {
    shelf.reload();
    String path = "/api/v1/policies/bmc-nic-mode/mode";

    assertThat(server.post(Role.OPERATOR, path, Map.of("mode", "auto", "reason", "x")).status())
        .isEqualTo(403);
    assertThat(server.post(Role.ADMINISTRATOR, path, Map.of("mode", "auto")).status())
        .isEqualTo(422);
    assertThat(
            server.post(Role.ADMINISTRATOR, path, Map.of("mode", "wild", "reason", "x")).status())
        .isEqualTo(422);
    assertThat(
            server
                .get(Role.OPERATOR, "/api/v1/policies/bmc-nic-mode/would-touch?mode=auto")
                .json()
                .get("machines")
                .asInt())
        .isZero();
    Answer raised =
        server.post(
            Role.ADMINISTRATOR, path, Map.of("mode", "suggest", "reason", "seen for a week"));
    assertThat(raised.status()).isEqualTo(200);
    assertThat(raised.json().at("/policy/mode").asString()).isEqualTo("SUGGEST");
    assertThat(raised.json().at("/policy/reason").asString()).isEqualTo("seen for a week");
    server.post(Role.ADMINISTRATOR, path, Map.of("mode", "observe", "reason", "back"));
    assertThat(server.get(Role.OPERATOR, "/api/v1/policies/none").status()).isEqualTo(404);
  }

  @Test
  void theFreezeIsKeptWithItsReason() {
    assertThat(server.post(Role.OPERATOR, "/api/v1/freeze", Map.of("on", true)).status())
        .isEqualTo(422);
    assertThat(
            server.post(Role.AUDITOR, "/api/v1/freeze", Map.of("on", true, "reason", "x")).status())
        .isEqualTo(403);

    Answer on =
        server.post(Role.OPERATOR, "/api/v1/freeze", Map.of("on", true, "reason", "power work"));
    assertThat(on.json().get("on").asBoolean()).isTrue();
    assertThat(server.get(Role.AUDITOR, "/api/v1/freeze").json().get("reason").asString())
        .isEqualTo("power work");
    server.post(Role.OPERATOR, "/api/v1/freeze", Map.of("on", false, "reason", "done"));
    assertThat(server.get(Role.AUDITOR, "/api/v1/freeze").json().get("on").asBoolean()).isFalse();
  }

  @Test
  void whoRaisedAModeIsKeptWithItsKindAndNothingUnsuggestedIsRun() {
    shelf.reload();
    String path = "/api/v1/policies/bmc-nic-mode/mode";
    Answer raised =
        server.post(Role.ADMINISTRATOR, path, Map.of("mode", "suggest", "reason", "try"));
    assertThat(raised.json().at("/policy/changed_by").asString()).matches("(person|token):.+");
    server.post(Role.ADMINISTRATOR, path, Map.of("mode", "observe", "reason", "back"));

    assertThat(
            server
                .post(Role.AUDITOR, "/api/v1/faults/F-999999/run-suggested", Map.of("plan", "x"))
                .status())
        .isEqualTo(403);
    assertThat(
            server
                .post(Role.OPERATOR, "/api/v1/faults/F-999999/run-suggested", Map.of("plan", "x"))
                .status())
        .isEqualTo(404);
    assertThat(server.get(Role.AUDITOR, "/api/v1/faults/F-999999/suggestion").status())
        .isEqualTo(404);
  }

  @Test
  void whatIsNotThereAnswers404() {
    assertThat(server.post(Role.OPERATOR, "/api/v1/faults/F-999999/said-fixed", Map.of()).status())
        .isEqualTo(404);
    assertThat(server.get(Role.OPERATOR, "/api/v1/faults/x/runs").status()).isEqualTo(404);
    assertThat(server.get(Role.OWNER, "/api/v1/tickets/999999").status()).isEqualTo(404);
    assertThat(server.get(Role.OWNER, "/api/v1/tickets").json().get("items")).isEmpty();
    assertThat(server.get(Role.OPERATOR, "/api/v1/runs").status()).isEqualTo(200);
  }
}
