package io.fettle.pack.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.Imports;
import io.fettle.cmdb.Register;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Role;
import io.fettle.kernel.Verdict;
import io.fettle.kernel.Viewer;
import io.fettle.monitoring.Monitoring;
import io.fettle.remediation.Remediation;
import io.fettle.support.FettleTest;
import io.fettle.support.RealSshd;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A log-in proof that a person asks for is an action on the machine, with all that binds one. */
@FettleTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoginProofActionTest {
  private static final String WHY = "/api/v1/accounts/why?user=ida&key=ACL-1";

  @Autowired private TestServer server;
  @Autowired private Imports imports;
  @Autowired private Register register;
  @Autowired private Remediation remediation;
  @Autowired private Monitoring monitoring;
  @Autowired private JdbcClient jdbc;
  private @Nullable RealSshd sshd;

  @BeforeAll
  void start() throws Exception {
    sshd = RealSshd.start();
    sshd.rootKey();
    sshd.user("ida", "Pw-ida-9");
    Path file = Files.createTempFile("proof", ".csv");
    Files.writeString(file, "资产号,序列号,IP\nACL-1,SNACL1,%s\n".formatted(sshd.endpoint()));
    imports.apply(file, "a.csv", new Actor(Actor.Kind.PERSON, "ann"));
    Files.delete(file);
    server.post(
        Role.ADMINISTRATOR,
        "/api/v1/credentials",
        Map.of(
            "kind",
            "ssh-key",
            "name",
            "acl-root",
            "user",
            "root",
            "secret",
            new String(sshd.key()),
            "for",
            "asset_no == 'ACL-1'"));
    Answer declared =
        server.send(
            server.adminToken(),
            "POST",
            "/api/v1/accounts",
            "for: asset_no == 'ACL-1'\nset:\n  accounts:\n    - {name: ida, proof: login, keys: ['%s']}\n"
                .formatted(sshd.publicKey()));
    assertThat(declared.status()).as(declared.body()).isEqualTo(201);
    for (int i = 0; i < 300 && !look().json().get("declared").asBoolean(); i++) Thread.sleep(100);
  }

  @AfterAll
  void stop() {
    if (sshd != null) sshd.close();
  }

  private RealSshd sshd() {
    if (sshd == null) throw new IllegalStateException();
    return sshd;
  }

  private AssetId machine() {
    return register.find("ACL-1", Viewer.system("test")).hits().getFirst().id();
  }

  private Answer look() {
    return server.get(Role.OPERATOR, WHY);
  }

  private Answer prove() {
    return server.send(server.token(Role.OPERATOR), "POST", WHY, "{}");
  }

  /** Changes with every write to the key file, whatever is in it afterwards. */
  private String keyFile() {
    return sshd().sh("stat -c '%i %y %z' /home/ida/.ssh/authorized_keys; cat /home/ida/.ssh/*");
  }

  private long proofs() {
    return jdbc.sql(
            "select count(*) from audit.entry where action = 'account.login_proof_begun' and object = 'account:ida@ACL-1'")
        .query(Long.class)
        .single();
  }

  private void refused(String words) {
    String before = keyFile();
    long proofs = proofs();

    Answer answer = prove();

    assertThat(answer.status()).as(answer.body()).isEqualTo(409);
    assertThat(answer.body()).contains(words);
    assertThat(keyFile()).isEqualTo(before);
    assertThat(proofs()).isEqualTo(proofs);
    assertThat(look().json().get("can_log_in").asBoolean()).as("looking is no action").isTrue();
    assertThat(keyFile()).isEqualTo(before);
  }

  @Test
  void itIsRefusedWhileFrozen() {
    remediation.setFreeze(true, "test", Actor.system("test"));
    try {
      refused("Frozen");
    } finally {
      remediation.setFreeze(false, "test", Actor.system("test"));
    }
  }

  @Test
  void itIsRefusedWhileARunHasTheMachineAndReleasesWhatItTakes() {
    jdbc.sql(
            """
            insert into remediation.lease (asset_id, fence, holder, expires_at)
            values (:machine, 7, 'somebody', now() + interval '1 hour')
            on conflict (asset_id) do update set fence = 7, holder = 'somebody',
              expires_at = excluded.expires_at
            """)
        .param("machine", machine().value())
        .update();
    refused("Another run");
    jdbc.sql("update remediation.lease set expires_at = now() where asset_id = :machine")
        .param("machine", machine().value())
        .update();
    String before = keyFile();

    Answer answer = prove();

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().at("/proof/kind").asString()).as(answer.body()).isEqualTo("login");
    assertThat(answer.json().at("/proof/log_in/en").asString()).contains("(ida)");
    assertThat(keyFile()).isNotEqualTo(before).doesNotContain("fettle-proof");
    assertThat(
            jdbc.sql(
                    "select fence = 8 and expires_at <= now() from remediation.lease where asset_id = :machine")
                .param("machine", machine().value())
                .query(Boolean.class)
                .single())
        .as("a fence of its own, given back")
        .isTrue();
  }

  @Test
  void aRefusedLogInIsWhatTheCheckSaysUntilOneSucceeds() {
    sshd()
        .sh(
            "echo 'exit 3' >/home/ida/.refuse; "
                + "printf '#!/bin/dash\\n. /home/ida/.refuse\\nexec /bin/dash \"$@\"\\n' >/home/ida/s;"
                + "chmod 755 /home/ida/s; echo /home/ida/s >>/etc/shells; usermod -s /home/ida/s ida");
    Answer answer = prove();
    assertThat(answer.json().get("can_log_in").asBoolean()).as(answer.body()).isFalse();
    assertThat(answer.body()).contains("login_refused").contains("已让登录，但 id 没有运行");
    assertThat(look().json().get("can_log_in").asBoolean()).as("nobody tried again").isFalse();
    assertThat(verdict()).isEqualTo(Verdict.BAD);

    sshd().sh(": >/home/ida/.refuse");

    assertThat(verdict()).isEqualTo(Verdict.OK);
    assertThat(look().json().get("can_log_in").asBoolean()).isTrue();
    sshd().sh("usermod -s /bin/sh ida");
  }

  private Verdict verdict() {
    return monitoring.probe(machine(), Accounts.CHECK).getFirst().verdict();
  }
}
