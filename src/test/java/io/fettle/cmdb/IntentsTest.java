package io.fettle.cmdb;

import static io.fettle.cmdb.Claims.Source.Type.BMC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.kernel.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What should be, declared by query, follows files and machines. */
class IntentsTest {
  @TempDir Path folder;
  private final Room room = new Room();
  private CmdbTick tick = room.tick(Path.of("/nonexistent"));

  @BeforeEach
  void fleet() {
    tick = room.tick(folder);
    room.load(
        "资产号,厂商,管理卡IP,管理卡模式,团队\nA1,Dell,10.9.0.1,,pay\nA2,Dell,10.9.0.2,共享,pay\nA3,HPE,10.9.0.3,,ads\n");
  }

  private void file(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
    // Two writes within one tick of the file system's clock must not look the same.
    Files.setLastModifiedTime(
        folder.resolve(name),
        java.nio.file.attribute.FileTime.fromMillis(System.nanoTime() / 1_000_000));
    settle();
  }

  private void settle() {
    for (int i = 0; i < 20 && tick.turn(); i++) {}
  }

  private Intents intents() {
    return Objects.requireNonNull(room.intents);
  }

  private String mode(String machine) {
    return room.text(machine, "intent.bmc.nic_mode");
  }

  @Test
  void aFileReachesItsMachinesAndOnlyThem() throws IOException {
    file("bmc.yml", "for: register.vendor == 'Dell'\nset:\n  bmc: {nic_mode: dedicated}\n");

    assertThat(mode("A1")).isEqualTo("dedicated");
    assertThat(mode("A2")).as("the machine's own row is more special").isEqualTo("shared");
    assertThat(mode("A3")).isEqualTo("-");
    assertThat(intents().list())
        .singleElement()
        .satisfies(d -> {
          assertThat(d.name()).isEqualTo("file/bmc.yml");
          assertThat(d.machines()).isEqualTo(2);
          assertThat(d.applied()).isTrue();
        });
  }

  @Test
  void changesOfFileAndMachineAreFollowed() throws IOException {
    file("bmc.yml", "for: bmc.vendor == 'Dell'\nset:\n  bmc: {nic_mode: dedicated}\n");
    assertThat(mode("A1")).isEqualTo("-");

    room.say(BMC, "bmc", "A1", "bmc", "{'vendor':'Dell'}");
    settle();
    assertThat(mode("A1")).isEqualTo("dedicated");
    assertThat(intents().list().getFirst().machines()).as("came later than the file").isOne();

    file("bmc.yml", "for: bmc.vendor == 'Dell'\nset:\n  bmc: {nic_mode: failover}\n");
    assertThat(mode("A1")).isEqualTo("failover");

    room.clock.forward(Duration.ofMinutes(1));
    room.say(BMC, "bmc", "A1", "bmc", "{'vendor':'HPE'}");
    settle();
    assertThat(intents().list().getFirst().machines()).as("left").isZero();
    assertThat(mode("A1")).isEqualTo("-");

    room.clock.forward(Duration.ofMinutes(1));
    room.say(BMC, "bmc", "A1", "bmc", "{'vendor':'Dell'}");
    settle();
    assertThat(mode("A1")).isEqualTo("failover");
    Files.delete(folder.resolve("bmc.yml"));
    settle();
    assertThat(mode("A1")).isEqualTo("-");
    assertThat(intents().list()).isEmpty();
    assertThat(
            room.count("claim c join cmdb.source s on s.id = c.source_id where s.type = 'INTENT'"))
        .isZero();
  }

  @Test
  void aBrokenFileKeepsTheOldStateAndSaysWhere() throws IOException {
    file("bmc.yml", "for: register.vendor == 'Dell'\nset:\n  bmc: {nic_mode: dedicated}\n");
    file("bmc.yml", "for: register.vendor == 'Dell'\nset:\n  bmc:\n    nic_mode: sideways\n");

    assertThat(mode("A1")).isEqualTo("dedicated");
    assertThat(intents().broken())
        .singleElement()
        .satisfies(b -> {
          assertThat(b.file()).isEqualTo("bmc.yml");
          assertThat(b.line()).isEqualTo(4);
          assertThat(b.column()).isEqualTo(5);
        });
    var health = new RegisterHealth(tick, intents()).check();
    assertThat(health.ok()).isFalse();
    assertThat(health.why().en()).contains("bmc.yml:4:5");

    file("bmc.yml", "for: register.vendor == 'Dell'\nset:\n  bmc: {nic_mode: shared}\n");
    assertThat(mode("A1")).isEqualTo("shared");
    assertThat(new RegisterHealth(tick, intents()).check().ok()).isTrue();
  }

  @Test
  void aFolderThatIsGoneTakesNothingBack() throws IOException {
    file("bmc.yml", "for: register.vendor == 'Dell'\nset:\n  bmc: {nic_mode: dedicated}\n");
    Files.move(folder, folder.resolveSibling(folder.getFileName() + "-away"));

    settle();

    assertThat(mode("A1")).isEqualTo("dedicated");
    assertThat(intents().broken()).hasSize(1);
    Files.move(folder.resolveSibling(folder.getFileName() + "-away"), folder);
  }

  @Test
  void accountsOfSeveralDocumentsAreJoinedByName() throws IOException {
    file(
        "accounts.yml",
        """
        for: ownership.team == 'pay'
        set:
          accounts:
            - {name: alice, uid: 2001, keys: [ssh-ed25519 AAAA alice], sudo: true, expires: 2027-01-01}
        ---
        for: register.vendor == 'Dell'
        set:
          accounts:
            - {name: bob, shell: /bin/bash}
            - {name: alice, uid: 2002}
        """);

    assertThat(room.machine("A1").at("intent.accounts"))
        .isEqualTo(Room.json("[{'name':'alice','uid':2002},{'name':'bob','shell':'/bin/bash'}]"));
    var alice =
        room.provenance.of(room.id("A1")).stream()
            .filter(w -> w.path().equals("accounts.alice"))
            .findFirst()
            .orElseThrow();
    assertThat(alice.source().name()).isEqualTo("intent/file/accounts.yml#2");
    assertThat(alice.others().getFirst().source().name()).isEqualTo("intent/file/accounts.yml");
  }

  @Test
  void whatIsDeclaredByApiWorksTheSame() {
    intents()
        .declare(
            "accounts/web",
            "for: ownership.team == 'ads'\nset: {accounts: [{name: carol}]}",
            Room.ANN);
    settle();
    assertThat(room.text("A3", "intent.accounts")).contains("carol");
    assertThat(
            intents()
                .check("x", "for: ownership.team == 'pay'\nset: {bmc: {nic_mode: shared}}")
                .getFirst()
                .machines())
        .isEqualTo(2);

    assertThat(intents().withdraw("accounts/web", Room.ANN)).isTrue();
    settle();

    assertThat(room.text("A3", "intent.accounts")).isEqualTo("-");
    assertThat(intents().withdraw("accounts/web", Room.ANN)).isFalse();
    assertThat(room.audited).anyMatch(a -> a.contains("intent.withdrawn"));
  }

  @Test
  void mistakesAreToldByLineAndColumn() {
    assertThat(mistakes("for: ''\nset: {bmc: {nic_mode: shared}}")).contains("line 1, column 1");
    assertThat(mistakes("for: 'true'\nset: {bmc: {nic_mode: shared}}")).contains("narrows nothing");
    assertThat(mistakes("for: intent.bmc.nic_mode == 'x'\nset: {bmc: {nic_mode: shared}}"))
        .contains("depend on itself");
    assertThat(mistakes("for: colour == 'x'\nset: {bmc: {nic_mode: shared}}"))
        .contains("no field colour");
    assertThat(mistakes("for: type == 'server'\nset: {}\nextra: 1")).contains("line 3, column 1");
    assertThat(
            mistakes(
                "for: type == 'server'\nset:\n  accounts:\n    - {name: alice}\n    - {name: 'a;b'}"))
        .contains("line 5");
    assertThat(mistakes("for: [\n")).contains("not valid YAML");
    assertThat(mistakes("for: type == 'server'\nfor: x\nset: {a: {b: 1}}")).contains("twice");
    assertThat(
            mistakes(
                "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]"))
        .contains("not valid YAML");
    assertThat(intents().list()).isEmpty();
  }

  private String mistakes(String yaml) {
    String[] out = {""};
    assertThatThrownBy(() -> intents().declare("x", yaml, Room.ANN))
        .isInstanceOfSatisfying(Problem.class, p -> out[0] = p.faults().toString());
    return out[0];
  }

  @Test
  void anotherProcessFinishesWhatWasBegun() {
    intents()
        .declare(
            "bmc", "for: register.vendor == 'Dell'\nset: {bmc: {nic_mode: dedicated}}", Room.ANN);

    Room other = new Room(room.database);
    var second = other.tick(folder);
    for (int i = 0; i < 20 && second.turn(); i++) {}

    assertThat(mode("A1")).isEqualTo("dedicated");
    assertThat(room.count("facet_type")).isEqualTo(8);
    assertThat(
            room.db
                .sql("select count(*) from pg_class where relname like 'change_2026_1%'")
                .query(Long.class)
                .single())
        .isGreaterThanOrEqualTo(2);
  }
}
