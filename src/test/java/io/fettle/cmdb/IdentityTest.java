package io.fettle.cmdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.Identity.Found;
import io.fettle.cmdb.Identity.Held;
import io.fettle.cmdb.facet.KeyKind;
import io.fettle.kernel.AssetId;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Identity never guesses. */
class IdentityTest {
  private static final AssetId ONE = new AssetId(new UUID(7, 1));
  private static final AssetId TWO = new AssetId(new UUID(7, 2));

  private static Key key(KeyKind kind, String value) {
    return new Key(kind, "", Norm.of(kind, value).orElseThrow(), value);
  }

  private static Key serial(String vendor, String value) {
    return new Key(KeyKind.SERIAL, Vendors.scope(vendor), value, value);
  }

  @Test
  void theNumberMatches() {
    var found =
        Identity.match(
            List.of(key(KeyKind.ASSET_NO, "a1")),
            List.of(new Held(ONE, key(KeyKind.ASSET_NO, "A1"))));

    assertThat(found)
        .isInstanceOfSatisfying(Found.Match.class, m -> assertThat(m.asset()).isEqualTo(ONE));
    assertThat(found.explain()).last().asString().contains("matched by asset_no");
  }

  @Test
  void aSerialWithoutVendorMayBeAnybodysButTwoOfThemAreAmbiguous() {
    var held =
        List.of(
            new Held(ONE, serial("Dell", "SAME0001")), new Held(TWO, serial("HPE", "SAME0001")));

    assertThat(Identity.match(List.of(serial("", "SAME0001")), held))
        .isInstanceOf(Found.Conflict.class);
    assertThat(Identity.match(List.of(serial("戴尔", "SAME0001")), held))
        .isInstanceOfSatisfying(Found.Match.class, m -> assertThat(m.asset()).isEqualTo(ONE));
    assertThat(Identity.match(List.of(serial("Lenovo", "SAME0001")), held))
        .isInstanceOf(Found.Nobody.class);
  }

  @Test
  void anAmbiguousMatchIsSettledByWeakerKeysOrNotAtAll() {
    var ip = key(KeyKind.IP, "10.0.0.1");
    var held =
        List.of(
            new Held(ONE, serial("Dell", "SAME0001")),
            new Held(ONE, ip),
            new Held(TWO, serial("HPE", "SAME0001")));

    assertThat(Identity.match(List.of(serial("", "SAME0001"), ip), held))
        .isInstanceOfSatisfying(Found.Match.class, m -> assertThat(m.asset()).isEqualTo(ONE));
    assertThat(Identity.match(List.of(ip), held)).isInstanceOf(Found.Nobody.class);
  }

  @Test
  void aMacThatSoftwareMadeUpIdentifiesNobody() {
    var mac = key(KeyKind.MAC, "52:54:00:12:34:56");

    assertThat(Identity.match(List.of(mac), List.of(new Held(ONE, mac))))
        .isInstanceOf(Found.Nobody.class);
  }

  @Test
  void bothByteOrdersOfAUuidAreTheSameMachine() {
    var found =
        Identity.match(
            List.of(key(KeyKind.UUID, "44454C4C-5600-1048-8057-B3C04F584831")),
            List.of(new Held(ONE, key(KeyKind.UUID, "4c4c4544-0056-4810-8057-b3c04f584831"))));

    assertThat(found).isInstanceOf(Found.Match.class);
  }

  @Test
  void aReplacedBoardIsStillTheMachine() {
    var shown = List.of(key(KeyKind.ASSET_NO, "A1"), key(KeyKind.BMC_MAC, "b0:26:28:00:00:02"));
    var held =
        List.of(
            new Held(ONE, key(KeyKind.ASSET_NO, "A1")),
            new Held(ONE, key(KeyKind.BMC_MAC, "b0:26:28:00:00:01")));

    assertThat(Identity.match(shown, held)).isInstanceOf(Found.Match.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "....",
        "XXXXXXXXXX",
        "System Serial Number",
        "To be filled by O.E.M.",
        "Not Specified",
        "Default string",
        "N/A",
        "none",
        "0123456789",
        "123456789ABC",
        "Unknown"
      })
  void junkSerialsAreKnown(String serial) {
    assertThat(Junk.serial(Norm.plain(serial).orElse(""))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2WF88P2", "CZJ1234567", "J301ABCD", "S452312X9A12345", "1024"})
  void realSerialsAreNotJunk(String serial) {
    assertThat(Junk.serial(serial)).isFalse();
  }

  @Test
  void vendorsHaveOneWord() {
    assertThat(List.of("Dell Inc.", "DELL", "戴尔", "Dell EMC"))
        .allMatch(v -> Vendors.scope(v).equals("dell"));
    assertThat(List.of("Super Micro Computer, Inc.", "超微", "Supermicro"))
        .allMatch(v -> Vendors.scope(v).equals("supermicro"));
    assertThat(Vendors.scope("Acme Machines Co., Ltd.")).isEqualTo(Vendors.scope("acme machines"));
  }
}
