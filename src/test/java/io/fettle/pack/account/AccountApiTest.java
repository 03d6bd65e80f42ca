package io.fettle.pack.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.Imports;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Role;
import io.fettle.support.FettleTest;
import io.fettle.support.RealSshd;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Declared over the API, and why a person cannot log in, answered in one step. */
@FettleTest
class AccountApiTest {
  @Autowired private TestServer server;
  @Autowired private Imports imports;

  private Answer declare(String yaml) {
    return server.send(server.adminToken(), "POST", "/api/v1/accounts", yaml);
  }

  @Test
  void whyIsAnsweredInOneStep() throws Exception {
    try (RealSshd sshd = RealSshd.start()) {
      sshd.rootKey();
      sshd.user("mei", "Pw-mei-9");
      Path file = Files.createTempFile("account", ".csv");
      Files.writeString(file, "资产号,序列号,IP\nACC-1,SNACC1,%s\n".formatted(sshd.endpoint()));
      imports.apply(file, "a.csv", new Actor(Actor.Kind.PERSON, "ann"));
      Files.delete(file);
      server.post(
          Role.ADMINISTRATOR,
          "/api/v1/credentials",
          Map.of(
              "kind",
              "ssh-key",
              "name",
              "acc-root",
              "user",
              "root",
              "secret",
              new String(sshd.key()),
              "for",
              "asset_no == 'ACC-1'"));

      Answer declared =
          declare(
              "for: asset_no == 'ACC-1'\nset:\n  accounts:\n    - {name: mei, shell: /bin/sh, expires: 2099-01-01, keys: ['%s']}\n    - {name: bot, expires: never, password: none, unbar: true}\n"
                  .formatted(sshd.publicKey()));
      assertThat(declared.status()).as(declared.body()).isEqualTo(201);
      assertThat(declared.body()).contains("2099-01-01").contains("never");
      assertThat(server.get(Role.AUDITOR, "/api/v1/accounts").body()).contains("mei");
      String path = "/api/v1/accounts/why?user=mei&machine=ACC-1";
      for (int i = 0; i < 300 && !declaredIn(path); i++) Thread.sleep(100);

      Answer fine = server.get(Role.OPERATOR, path);
      assertThat(fine.json().get("can_log_in").asBoolean()).as(fine.body()).isTrue();

      sshd.sh("chmod 777 /home/mei; usermod -e 1 mei");
      Answer why = server.get(Role.OPERATOR, path);
      assertThat(why.json().get("can_log_in").asBoolean()).isFalse();
      assertThat(why.body())
          .contains("home_open")
          .contains("expired")
          .contains("\"repairable\":true");
      assertThat(why.body()).doesNotContain("$y$").doesNotContain("$6$");

      Answer other = server.get(Role.OPERATOR, "/api/v1/accounts/why?user=nobodyhere&key=ACC-1");
      assertThat(other.json().get("declared").asBoolean()).isFalse();
      assertThat(other.body()).contains("user_missing");
    }
  }

  private boolean declaredIn(String path) {
    Answer answer = server.get(Role.OPERATOR, path);
    return answer.status() == 200 && answer.json().get("declared").asBoolean();
  }

  @Test
  void badNamesAndDeclarationsAreRefused() {
    assertThat(
            server
                .get(Role.OPERATOR, "/api/v1/accounts/why?user=a%3Brm&key=no-such-machine-here")
                .status())
        .isIn(404, 422);
    for (String bad :
        new String[] {
          "for: asset_no == 'X'\nset: {accounts: []}",
          "for: asset_no == 'X'\nset: {accounts: [{name: 'a;b'}]}",
          "for: asset_no == 'X'\nset: {accounts: [{name: ok, keys: ['no key']}]}",
          "for: asset_no == 'X'\nset: {accounts: [{name: ok, shell: 'sh; reboot'}]}",
          "for: asset_no == 'X'\nset: {accounts: [{name: ok, password: hunter2}]}",
          "for: asset_no == 'X'\nset: {accounts: [{name: ok, unbar: maybe}]}",
          "for: asset_no == 'X'\nset: {accounts: [{name: ok, expires: soon}]}",
          "no yaml: ["
        }) assertThat(declare(bad).status()).as(bad).isEqualTo(422);
    assertThat(
            server.send(server.token(Role.OPERATOR), "POST", "/api/v1/accounts", "for: x").status())
        .isEqualTo(403);
  }
}
