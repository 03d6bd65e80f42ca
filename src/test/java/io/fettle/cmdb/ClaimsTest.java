package io.fettle.cmdb;

import static io.fettle.cmdb.Claims.Source.Type.BMC;
import static io.fettle.cmdb.Claims.Source.Type.HOST;
import static io.fettle.cmdb.Claims.Source.Type.MANUAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.cmdb.Claims.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many say, one is seen, all are kept. */
class ClaimsTest {
  private final Room room = new Room();

  @BeforeEach
  void aMachine() {
    room.load("资产号,序列号,厂商,IP,管理卡IP,主机名\nA1,SERIAL01,Dell,10.0.0.1,10.9.0.1,from-the-file\n");
  }

  private Provenance.Witness witness(String facet, String path) {
    return room.provenance.of(room.id("A1")).stream()
        .filter(w -> w.facet().equals(facet) && w.path().equals(path))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theStrongerSourceIsSeenAndTheLoserKept() {
    assertThat(room.say(HOST, "host", "A1", "net", "{'hostname':'real','address':'192.168.0.1'}"))
        .isEqualTo(Outcome.CHANGED);

    assertThat(room.text("A1", "net.hostname")).isEqualTo("real");
    assertThat(room.text("A1", "net.address")).isEqualTo("10.0.0.1");
    var name = witness("net", "hostname");
    assertThat(name.source().name()).isEqualTo("host");
    assertThat(name.others())
        .singleElement()
        .satisfies(o -> {
          assertThat(o.value().asString()).isEqualTo("from-the-file");
          assertThat(o.differs()).isTrue();
        });
    assertThat(name.drifts()).isTrue();
    assertThat(name.label().zh()).isEqualTo("主机名");
    assertThat(room.id("real")).isEqualTo(room.id("A1"));
  }

  @Test
  void anUnchangedWordIsOnlyConfirmed() {
    room.say(BMC, "bmc", "A1", "bmc", "{'vendor':'Dell','generation':12}");
    long changes = room.count("change");
    long version = room.machine("A1").version();
    Instant since = witness("bmc", "generation").since();
    room.clock.forward(Duration.ofHours(1));

    assertThat(room.say(BMC, "bmc", "A1", "bmc", "{'generation':12,'vendor':'Dell'}"))
        .isEqualTo(Outcome.CONFIRMED);

    assertThat(room.count("change")).isEqualTo(changes);
    assertThat(room.machine("A1").version()).isEqualTo(version);
    assertThat(witness("bmc", "generation").since()).isEqualTo(since);
    assertThat(witness("bmc", "generation").confirmedAt()).isEqualTo(since.plusSeconds(3600));
  }

  @Test
  void lateNewsIsOutdated() {
    room.clock.forward(Duration.ofHours(1));
    room.say(HOST, "host", "A1", "os", "{'kernel':'6.2'}");
    var late =
        new Claims.Claim(
            new Claims.Source("host", HOST),
            room.id("A1"),
            Map.of("os", Room.json("{'kernel':'6.1'}")),
            room.clock.instant().minusSeconds(600));

    assertThat(room.claims.claim(List.of(late), Room.ANN)).containsExactly(Outcome.OUTDATED);

    assertThat(room.text("A1", "os.kernel")).isEqualTo("6.2");
  }

  @Test
  void whenTheStrongerFallsSilentTheWeakerIsSeenAgain() {
    room.say(HOST, "host", "A1", "net", "{'hostname':'real','ips':['192.168.0.1']}");
    var tick = room.tick(Path.of("/nonexistent"));
    tick.turn();
    assertThat(room.text("A1", "net.hostname")).isEqualTo("real");
    room.clock.forward(Duration.ofHours(25));

    tick.turn();

    assertThat(room.text("A1", "net.hostname")).isEqualTo("from-the-file");
    assertThat(room.machine("A1").at("net.ips").toString()).isEqualTo("[\"192.168.0.1\"]");
    assertThat(witness("net", "ips").age()).isEqualTo(Provenance.Age.STALE);
    assertThat(witness("net", "hostname").age()).isEqualTo(Provenance.Age.FRESH);

    room.say(HOST, "host", "A1", "net", "{'hostname':'real','ips':['192.168.0.1']}");
    tick.turn();
    assertThat(room.text("A1", "net.hostname")).isEqualTo("real");
  }

  @Test
  void aConfirmedWordDoesNotGoStale() {
    room.say(HOST, "host", "A1", "net", "{'hostname':'real'}");
    var tick = room.tick(Path.of("/nonexistent"));
    for (int i = 0; i < 5; i++) {
      room.clock.forward(Duration.ofHours(10));
      room.say(HOST, "host", "A1", "net", "{'hostname':'real'}");
      tick.turn();
    }

    assertThat(room.text("A1", "net.hostname")).isEqualTo("real");
  }

  @Test
  void aSourceWithoutAuthorityIsKeptAndNotSeen() {
    room.say(HOST, "host", "A1", "placement", "{'rack':'Z9'}");

    assertThat(room.text("A1", "placement.rack")).isEqualTo("-");
    assertThat(room.count("claim where facet = 'placement'")).isEqualTo(1);
  }

  @Test
  void badDocumentsAreRefused() {
    assertThat(room.say(BMC, "bmc", "A1", "bmc", "{'nic_mode':'sideways'}"))
        .isEqualTo(Outcome.REFUSED);
    assertThat(room.say(BMC, "bmc", "A1", "nonsense", "{'a':1}")).isEqualTo(Outcome.REFUSED);
    assertThat(room.say(BMC, "bmc", "A1", "bmc", "'text'")).isEqualTo(Outcome.REFUSED);
    assertThat(room.say(BMC, "bmc", "A1", "bmc", "{'x':'" + "y".repeat(20_000) + "'}"))
        .isEqualTo(Outcome.REFUSED);
    assertThat(room.say(BMC, "bmc", "A1", "bmc", "{'x':'a\\u0000b'}")).isEqualTo(Outcome.REFUSED);
    assertThat(
            room.say(
                BMC,
                "bmc",
                "A1",
                "bmc",
                "[".repeat(0) + "{'x':" + "[".repeat(30) + "]".repeat(30) + "}"))
        .isEqualTo(Outcome.REFUSED);
    assertThatThrownBy(() -> room.say(Claims.Source.Type.REGISTER, "me", "A1", "bmc", "{'x':1}"))
        .isInstanceOf(IllegalArgumentException.class);
    var nobody =
        new Claims.Claim(
            new Claims.Source("host", HOST),
            io.fettle.kernel.AssetId.of("01890000-0000-7000-8000-000000000000"),
            Map.of("os", Room.json("{'kernel':'6'}")),
            room.clock.instant());
    assertThat(room.claims.claim(List.of(nobody), Room.ANN)).containsExactly(Outcome.REFUSED);
  }

  @Test
  void historyTellsWhatChangedNewestFirst() {
    room.say(BMC, "bmc", "A1", "bmc", "{'nic_mode':'shared'}");
    room.clock.forward(Duration.ofMinutes(1));
    room.say(BMC, "bmc", "A1", "bmc", "{'nic_mode':'dedicated'}");

    var entries = room.history.of(room.id("A1"), 10);

    assertThat(entries).hasSize(3);
    assertThat(entries.getFirst().path()).isEqualTo("nic_mode");
    assertThat(String.valueOf(entries.getFirst().old())).isEqualTo("\"shared\"");
    assertThat(String.valueOf(entries.getFirst().now())).isEqualTo("\"dedicated\"");
    assertThat(entries.getLast().registration()).isTrue();
    assertThat(room.history.of(room.id("A1"), 1)).hasSize(1);
  }

  @Test
  void twoMachinesWithOneBmcMacIsAConflictAndBothAreFound() {
    room.load("资产号\nA2\n");
    room.say(BMC, "bmc", "A1", "bmc", "{'mac':'b0:26:28:00:11:22'}");
    room.say(BMC, "bmc", "A2", "bmc", "{'mac':'b0:26:28:00:11:22'}");

    assertThat(room.conflicts.count()).isEqualTo(1);
    assertThat(room.conflicts.open(null, 10).items().getFirst().candidates()).hasSize(2);
    assertThat(room.register.find("b0:26:28:00:11:22", Room.ALL).hits()).hasSize(2);

    room.clock.forward(Duration.ofMinutes(1));
    room.say(BMC, "bmc", "A1", "bmc", "{'mac':'b0:26:28:00:11:99'}");
    assertThat(room.register.find("b0:26:28:00:11:22", Room.ALL).hits()).hasSize(1);
    assertThat(room.count("asset_key where disputed and ended_at is null")).isZero();
  }

  @Test
  void aPersonsWordNeedsAReasonAndTheVersionThatWasSeen() {
    var a1 = room.machine("A1");
    var edited =
        room.edits.edit(
            a1.id(),
            "placement",
            Room.json("{'rack':'F09','u':'3'}"),
            "moved",
            a1.version(),
            Room.ANN);

    assertThat(edited.text("placement.rack")).contains("F09");
    assertThat(room.history.of(a1.id(), 1).getFirst().reason()).isEqualTo("moved");
    assertThatThrownBy(() ->
            room.edits.edit(
                a1.id(), "placement", Room.json("{'rack':'F10'}"), "again", a1.version(), Room.ANN))
        .hasMessageContaining("changed since");
    assertThatThrownBy(() ->
            room.edits.edit(
                a1.id(), "placement", Room.json("{'rack':'F10'}"), " ", edited.version(), Room.ANN))
        .hasMessageContaining("reason");

    var back =
        room.edits.edit(
            a1.id(),
            "placement",
            Room.json("{'rack':null,'u':null}"),
            "mistake",
            edited.version(),
            Room.ANN);
    assertThat(back.text("placement.rack")).isEmpty();
    assertThat(room.count("claim where facet = 'placement'")).isZero();
    assertThat(MANUAL.name()).isEqualTo("MANUAL");
  }

  @Test
  void aRetiredMachineKeepsItsNumberAndGivesItsAddressesAway() {
    var id = room.id("A1");
    room.clock.forward(Duration.ofMinutes(1));

    room.edits.retire(id, "scrapped", Room.ANN);

    assertThat(room.text("A1", "lifecycle")).isEqualTo("retired");
    assertThat(room.register.find("10.0.0.1", Room.ALL).hits()).isEmpty();
    assertThat(room.id("SERIAL01")).isEqualTo(id);
    var again =
        room.load("资产号,序列号,厂商,IP,管理卡IP,主机名\nA1,SERIAL01,Dell,10.0.0.1,10.9.0.1,from-the-file\n");
    assertThat(again.unchanged()).isEqualTo(1);
    assertThat(room.text("A1", "lifecycle")).isEqualTo("retired");
    room.load("资产号,IP\nA9,10.0.0.1\n");
    assertThat(room.id("10.0.0.1")).isEqualTo(room.id("A9"));
  }
}
