package io.fettle.lab.bmc;

import io.fettle.lab.bmc.CardState.Lan;
import java.util.Arrays;
import java.util.function.Consumer;

/** LAN parameters of channel 1 (network function 0C; IPMI 2.0, table 23-4). */
final class LanCommands {
  private static final int REVISION = 0x11;

  private final CardState state;
  private final Consumer<String> journal;

  LanCommands(CardState state, Consumer<String> journal) {
    this.state = state;
    this.journal = journal;
  }

  byte[] handle(Request r) {
    int channel = r.at(0) & 0x0f;
    if (channel != 1 && channel != 0x0e && r.data().length > 0) return Request.FIELD.clone();
    return switch (r.command()) {
      case 0x01 -> r.when(Request.ADMINISTRATOR, 3, () -> set(r, state.lan()));
      case 0x02 -> r.when(Request.USER, 4, () -> get(r, state.lan()));
      default -> Request.INVALID.clone();
    };
  }

  private static byte[] get(Request r, Lan lan) {
    if ((r.at(0) & 0x80) != 0) return Request.ok(REVISION);
    return switch (r.at(1)) {
      case 0 -> Request.ok(REVISION, 0);
      case 1 -> Request.ok(REVISION, 0x14);
      case 2 -> Request.ok(REVISION, 0x14, 0x14, 0x14, 0x14, 0);
      case 3 -> Request.ok(lan.address(), REVISION);
      case 4 -> Request.ok(REVISION, lan.source());
      case 5 -> Request.ok(lan.mac(), REVISION);
      case 6 -> Request.ok(lan.mask(), REVISION);
      case 12 -> Request.ok(lan.gateway(), REVISION);
      case 13, 15 -> Request.ok(new byte[6], REVISION);
      case 14 -> Request.ok(new byte[4], REVISION);
      case 16 -> Request.ok(Arrays.copyOf(new byte[] {'p', 'u', 'b', 'l', 'i', 'c'}, 18), REVISION);
      case 20 -> Request.ok(REVISION, lan.vlan() & 0xff, vlanHigh(lan.vlan()));
      case 21 -> Request.ok(REVISION, 0);
      case 22 -> Request.ok(REVISION, 2);
      case 23 -> Request.ok(REVISION, 0, 3, 17);
      case 24 -> Request.ok(REVISION, 0, 0x44, 0, 0, 0, 0, 0, 0, 0);
      default -> Request.NOT_SUPPORTED.clone();
    };
  }

  private static int vlanHigh(int vlan) {
    return vlan == 0 ? 0 : 0x80 | vlan >> 8;
  }

  private byte[] set(Request r, Lan lan) {
    byte[] value = Arrays.copyOfRange(r.data(), 2, r.data().length);
    int length =
        switch (r.at(1)) {
          case 0, 4 -> 1;
          case 3, 6, 12 -> 4;
          case 5 -> 6;
          case 20 -> 2;
          default -> -1;
        };
    if (length < 0) return Request.NOT_SUPPORTED.clone();
    if (value.length != length) return Request.LENGTH.clone();
    return switch (r.at(1)) {
      case 0 -> new byte[] {0};
      case 3 -> r.change(journal, () -> state.lan(lan.withAddress(value)));
      case 4 -> r.change(journal, () -> state.lan(lan.withSource(value[0] & 0x0f)));
      case 5 -> r.change(journal, () -> state.lan(lan.withMac(value)));
      case 6 -> r.change(journal, () -> state.lan(lan.withMask(value)));
      case 12 -> r.change(journal, () -> state.lan(lan.withGateway(value)));
      default -> r.change(journal, () -> state.lan(lan.withVlan(vlan(value))));
    };
  }

  private static int vlan(byte[] value) {
    return (value[1] & 0x80) == 0 ? 0 : (value[0] & 0xff) | (value[1] & 0x0f) << 8;
  }
}
