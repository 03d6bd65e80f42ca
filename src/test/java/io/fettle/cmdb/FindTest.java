package io.fettle.cmdb;

import static io.fettle.cmdb.Room.ALL;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From any key, in any notation, to the machine. */
class FindTest {
  private static final Room ROOM = new Room();

  @BeforeAll
  static void fleet() {
    ROOM.load(
        """
        资产号,序列号,厂商,IP,管理卡IP,管理卡MAC,团队,主机名,MAC
        A0001234,2WF88P2,Dell,10.1.1.1,10.9.1.1,b0:26:28:aa:bb:cc,pay,web01.example.com,b0:26:28:00:11:22
        A0001235,3WF88P2,Dell,127.0.0.1:2201,127.0.0.1:6201,,pay,web02,52:54:00:12:34:56
        A0001236,4WF88P2,Dell,127.0.0.1:2202,127.0.0.1:6202,,ads,db01.a.example.com,
        A0001237,5WF88P2,Dell,2001:DB8:0:0::7,[2001:db8::8]:6230,,ads,db01.b.example.com,
        """);
  }

  @ParameterizedTest
  @CsvSource({
    "A0001234, asset_no, asset_no",
    "a0001234, asset_no, asset_no",
    "Ａ０００１２３４, asset_no, asset_no",
    "2wf88p2, serial, serial",
    "10.1.1.1, ip, net.ip",
    "10.1.1.1/22, ip, net.ip",
    "10.1.1.1:22, ip, net.ip",
    "10.9.1.1, ip, bmc.ip",
    "10.9.1.1:623, ip, bmc.ip",
    "B0-26-28-00-11-22, mac, net.mac",
    "b026.2800.1122, mac, net.mac",
    "b02628001122, mac, net.mac",
    "b0:26:28:AA:BB:CC, mac, bmc.mac",
    "web01, hostname, hostname",
    "WEB01.Example.com, hostname, hostname",
    "web01.example.com., hostname, hostname",
    "'  2WF88P2 ', serial, serial"
  })
  void anyNotationLeadsToTheMachine(String q, String kind, String key) {
    Resolution found = ROOM.register.find(q, ALL);

    assertThat(found.kind()).isEqualTo(kind);
    assertThat(found.hits())
        .singleElement()
        .satisfies(h -> {
          assertThat(h.assetNo()).isEqualTo("A0001234");
          assertThat(h.key()).isEqualTo(key);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, A0001235 A0001236",
    "127.0.0.1:2202, A0001236",
    "127.0.0.1:6201, A0001235",
    "db01, A0001236 A0001237",
    "db01.a.example.com, A0001236",
    "2001:db8::7, A0001237",
    "[2001:db8:0:0:0::8]:6230, A0001237",
    "2001:DB8::8, A0001237",
    "web02.any.where, A0001235",
    "52:54:00:12:34:56, A0001235",
    "A000, A0001234 A0001235 A0001236 A0001237",
    "b02628, A0001234",
    "b0:26:28, A0001234",
    "10.9., A0001234",
    "A00, ''",
    "nothing-at-all, ''",
    "10.1.1.10, ''",
    "%, ''"
  })
  void severalAreCandidatesAndBeginningsSuggest(String q, String names) {
    assertThat(ROOM.register.find(q, ALL).hits().stream().map(Resolution.Hit::assetNo).toList())
        .containsExactlyElementsOf(
            names.isEmpty() ? java.util.List.of() : java.util.List.of(names.split(" ")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "\0",
        "'; drop table x; --",
        "<script>",
        "a:b:c:d",
        "[",
        "[::1",
        "10.1.1.1:99999",
        "💥💥💥💥"
      })
  void nonsenseLeadsNowhereAndNeverFails(String q) {
    assertThat(ROOM.register.find(q, ALL).hits()).isEmpty();
    assertThat(ROOM.register.find(q.repeat(500), ALL).hits()).isEmpty();
  }

  @Test
  void anotherTeamsMachineIsNotThere() {
    var ads = Room.owner("ads");

    assertThat(ROOM.register.find("A0001234", ads).hits()).isEmpty();
    assertThat(ROOM.register.find("A0001236", ads).hits()).hasSize(1);
    assertThat(ROOM.register.visible(ROOM.id("A0001234"), ads)).isFalse();
    assertThat(ROOM.names("", ads)).containsExactly("A0001236", "A0001237");
    assertThat(ROOM.names("", Room.owner())).isEmpty();
    assertThat(ROOM.register.count(ROOM.register.query("type == 'server'"), ads)).isEqualTo(2);
    assertThat(ROOM.register.find("A000", ads).hits()).hasSize(2);
  }
}
