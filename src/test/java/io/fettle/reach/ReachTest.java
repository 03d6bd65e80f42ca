package io.fettle.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.cmdb.Imports;
import io.fettle.cmdb.Register;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Endpoint;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.support.FettleTest;
import io.fettle.support.IpmiSim;
import io.fettle.support.RealSshd;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiRequest;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import io.fettle.transport.ssh.SshOutcome.Failed;
import io.fettle.transport.ssh.SshOutcome.Kind;
import io.fettle.transport.ssh.SshOutcome.Ran;
import io.fettle.transport.tcp.Tcp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The whole way: import, credential by query, a real sshd and a real simulated card. */
@FettleTest
class ReachTest {
  private static RealSshd sshd;
  private static IpmiSim card;

  @Autowired private TestServer server;
  @Autowired private Reach reach;
  @Autowired private Imports imports;
  @Autowired private Register register;
  @Autowired private JdbcClient sql;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    sshd.user("ops", "Ops-Secret-1");
    sshd.user("deploy", "Deploy-Secret-1");
    sshd.sudoers("ops ALL=(ALL) ALL");
    card = IpmiSim.start();
  }

  @AfterAll
  static void stop() {
    sshd.close();
    card.close();
  }

  private AssetId machine(String no, String rack, Endpoint ssh) throws Exception {
    Path file = Files.createTempFile("reach", ".csv");
    Files.writeString(
        file,
        "资产号,序列号,厂商,型号,机柜,IP,管理卡IP\n%s,SN%s,Dell,R740,%s,%s,%s\n"
            .formatted(no, no, rack, ssh, card.endpoint()));
    imports.apply(file, "reach.csv", new Actor(Actor.Kind.PERSON, "ann"));
    Files.delete(file);
    return register.find(no, Viewer.system("test")).hits().getFirst().id();
  }

  private Answer add(
      String kind, String name, String user, String secret, String query, int priority) {
    return server.post(
        Role.ADMINISTRATOR,
        "/api/v1/credentials",
        Map.of(
            "kind",
            kind,
            "name",
            name,
            "user",
            user,
            "secret",
            secret,
            "for",
            query,
            "priority",
            priority));
  }

  private static Kind kind(SshOutcome outcome) {
    return ((Failed) outcome).kind();
  }

  @Test
  void fromAnImportedRowToACommandAndACard() throws Exception {
    AssetId machine = machine("RT-1", "RTRACK1", sshd.endpoint());
    assertThat(kind(reach.ssh(machine, SshCommand.asRoot("id -u")))).isEqualTo(Kind.NO_CREDENTIAL);
    assertThatThrownBy(() -> reach.ipmi(machine, s -> s.send(new IpmiRequest(6, 1))))
        .isInstanceOfSatisfying(
            IpmiFailure.class, e -> assertThat(e.kind()).isEqualTo(IpmiFailure.Kind.NO_CREDENTIAL));

    Answer added =
        add("ssh-key", "rt1-key", "ops", new String(sshd.key()), "asset_no == 'RT-1'", 0);
    assertThat(added.status()).isEqualTo(201);
    assertThat(added.json().get("machines").asInt()).isEqualTo(1);
    assertThat(added.body()).doesNotContain("PRIVATE");
    assertThat(kind(reach.ssh(machine, SshCommand.asRoot("id -u")))).isEqualTo(Kind.SUDO_REFUSED);

    add("ssh-password", "rt1-sudo", "ops", "Ops-Secret-1", "asset_no == 'RT-1'", -1);
    assertThat(((Ran) reach.ssh(machine, SshCommand.asRoot("id -u"))).out()).isEqualTo("0\n");

    add("bmc", "rt1-card", IpmiSim.USER, IpmiSim.PASSWORD, "asset_no == 'RT-1'", 0);
    int code = reach.ipmi(machine, s -> s.send(new IpmiRequest(6, 1))).code();
    assertThat(code).isZero();
    assertThat(reach.cardAnswers(machine)).isTrue();
    assertThat(reach.tcp(machine, 0)).isEqualTo(Tcp.Answer.OPEN);
  }

  @Test
  void theHighestPriorityWinsAndAChangeOfTheMachineIsSeen() throws Exception {
    AssetId machine = machine("RT-2", "RTRACK2", sshd.endpoint());
    add("ssh-password", "rt2-all", "ops", "Ops-Secret-1", "asset_no == 'RT-2'", 0);
    Answer special =
        add(
            "ssh-password",
            "rt2-rack",
            "deploy",
            "Deploy-Secret-1",
            "placement.rack == 'RTRACK3'",
            5);
    assertThat(special.json().get("overlaps")).isEmpty();
    var who = new SshCommand("id -un", false, Duration.ofSeconds(10), 1000);
    assertThat(((Ran) reach.ssh(machine, who)).out()).isEqualTo("ops\n");

    machine("RT-2", "RTRACK3", sshd.endpoint());
    assertThat(((Ran) reach.ssh(machine, who)).out()).isEqualTo("deploy\n");
    Answer general = add("ssh-password", "rt2-all", "ops", "Ops-Secret-1", "asset_no == 'RT-2'", 0);
    assertThat(general.json().at("/overlaps/0").toString())
        .isEqualTo("{\"credential\":\"rt2-rack\",\"machines\":1,\"wins\":false}");
    assertThat(((Ran) reach.ssh(machine, who)).out()).isEqualTo("deploy\n");

    assertThat(
            server
                .send(server.adminToken(), "DELETE", "/api/v1/credentials/rt2-rack", null)
                .status())
        .isEqualTo(204);
    assertThat(((Ran) reach.ssh(machine, who)).out()).isEqualTo("ops\n");
  }

  @Test
  void whoGoesToManyAtTheNextMomentAsksOnce() throws Exception {
    AssetId known = machine("RT-3", "RTRACK5", sshd.endpoint());
    AssetId bare = machine("RT-4", "RTRACK6", sshd.endpoint());
    add("ssh-password", "rt3-ops", "ops", "Ops-Secret-1", "placement.rack == 'RTRACK5'", 0);
    add("bmc", "rt3-card", IpmiSim.USER, IpmiSim.PASSWORD, "placement.rack == 'RTRACK5'", 0);
    var who = new SshCommand("id -un", false, Duration.ofSeconds(10), 1000);
    Reach near = reach.near(List.of(known, bare));

    machine("RT-3", "RTRACK7", sshd.endpoint());

    assertThat(((Ran) near.ssh(known, who)).out()).isEqualTo("ops\n");
    assertThat(near.cardUser(known)).contains(IpmiSim.USER);
    assertThat(kind(near.ssh(bare, who))).isEqualTo(Kind.NO_CREDENTIAL);
    assertThat(kind(near.ssh(AssetId.of("01890000-0000-7000-8000-00000000dead"), who)))
        .isEqualTo(Kind.NO_ADDRESS);
    assertThat(kind(reach.ssh(known, who))).isEqualTo(Kind.NO_CREDENTIAL);
  }

  @Test
  void aCredentialForEverythingMustSayIt() {
    for (String query : new String[] {"", "  ", "true"}) {
      Answer refused = add("bmc", "rt-wide", "root", "Wide-Secret-1", query, 0);
      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.body()).contains("type == 'server'").doesNotContain("Wide-Secret-1");
    }
    assertThat(
            add("bmc", "rt-wide", "root", "x", "type == 'server' and asset_no == 'none'", 0)
                .status())
        .isEqualTo(201);
    for (String[] bad :
        new String[][] {
          {"ssh", "rt-bad", "root", "x"},
          {"bmc", "../rt", "root", "x"},
          {"bmc", "rt-bad", "a b", "x"},
          {"bmc", "rt-bad", "root", ""},
          {"bmc", "rt-bad", "root", "two\nlines"},
          {"ssh-key", "rt-bad", "root", "not a key"}
        })
      assertThat(add(bad[0], bad[1], bad[2], bad[3], "asset_no == 'none'", 0).status())
          .as(String.join(" ", bad))
          .isEqualTo(422);
    Answer list = server.get(Role.AUDITOR, "/api/v1/credentials");
    assertThat(list.body()).contains("rt-wide").doesNotContain("rt-bad").doesNotContain("secret");
    assertThat(server.get(Role.OWNER, "/api/v1/credentials").status()).isIn(403, 404);
  }

  private static Map<String, ?> bulk(String query, Instant since) {
    return Map.of("query", query, "since", since.toString(), "reason", "reinstalled");
  }

  @Test
  void aChangedHostKeyIsAcceptedByQueryOrRefusedByAddress() throws Exception {
    try (RealSshd reinstalled = RealSshd.start()) {
      reinstalled.user("ops", "Ops-Secret-1");
      AssetId machine = machine("RT-4", "RTRACK4", reinstalled.endpoint());
      add("ssh-password", "rt4", "ops", "Ops-Secret-1", "asset_no == 'RT-4'", 0);
      var command = new SshCommand("true", false, Duration.ofSeconds(10), 1000);
      assertThat(reach.ssh(machine, command)).isInstanceOf(Ran.class);

      reinstalled.reinstall();
      assertThat(kind(reach.ssh(machine, command))).isEqualTo(Kind.HOST_KEY_CHANGED);

      String changed = server.get(Role.AUDITOR, "/api/v1/hostkeys?state=changed").body();
      assertThat(changed).contains(reinstalled.endpoint().toString()).contains("RT-4");
      Map<String, ?> byAddress =
          Map.of(
              "endpoints", new String[] {reinstalled.endpoint().toString()}, "reason", "not ours");
      assertThat(server.post(Role.AUDITOR, "/api/v1/hostkeys/accept", byAddress).status())
          .isEqualTo(403);
      assertThat(
              server
                  .post(Role.OPERATOR, "/api/v1/hostkeys/refuse", byAddress)
                  .json()
                  .get("count")
                  .asInt())
          .isEqualTo(1);
      assertThat(kind(reach.ssh(machine, command))).isEqualTo(Kind.HOST_KEY_CHANGED);

      Answer wide =
          server.post(
              Role.OPERATOR, "/api/v1/hostkeys/accept", Map.of("query", "true", "reason", "x"));
      assertThat(wide.status()).isEqualTo(422);
      String rack = "placement.rack == 'RTRACK4'";
      assertThat(
              server
                  .post(
                      Role.OPERATOR,
                      "/api/v1/hostkeys/accept",
                      Map.of("query", rack, "reason", "reinstalled"))
                  .status())
          .isEqualTo(422);
      Map<String, ?> tooLate = bulk(rack, Instant.now().plusSeconds(60));
      assertThat(
              server
                  .post(Role.OPERATOR, "/api/v1/hostkeys/accept", tooLate)
                  .json()
                  .get("count")
                  .asInt())
          .isZero();
      Map<String, ?> reinstall = bulk(rack, Instant.now().minusSeconds(600));
      Answer preview = server.post(Role.OPERATOR, "/api/v1/hostkeys/accept/preview", reinstall);
      assertThat(preview.json().get("count").asInt()).isEqualTo(1);
      assertThat(preview.json().at("/first/0/name").asString()).isEqualTo("RT-4");
      assertThat(kind(reach.ssh(machine, command))).isEqualTo(Kind.HOST_KEY_CHANGED);
      Answer accepted = server.post(Role.OPERATOR, "/api/v1/hostkeys/accept", reinstall);
      assertThat(accepted.json().get("count").asInt()).isEqualTo(1);
      assertThat(
              sql.sql(
                      "select details::text from audit.entry where action = 'hostkey.bulk_accepted'"
                          + " order by id desc limit 1")
                  .query(String.class)
                  .single())
          .contains("RTRACK4")
          .contains("\"count\": 1");
      assertThat(reach.ssh(machine, command)).isInstanceOf(Ran.class);
      assertThat(
              sql.sql("select count(*) from audit.entry where action = 'hostkey.accepted'")
                  .query(Long.class)
                  .single())
          .isPositive();
    }
  }
}
