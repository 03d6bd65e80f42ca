package io.fettle.lab.bmc;

import io.fettle.transport.ipmi.wire.LanMessage;
import java.util.Arrays;
import java.util.Optional;

/** Commands answered with and without a session: what the card speaks, and who it is. */
final class Capabilities {
  private static final int APP = 0x06;
  private static final byte[][] RECORDS = {
    {(byte) 0xc0, 3, 0x01, 0x41, (byte) 0x81}, {(byte) 0xc0, 17, 0x03, 0x44, (byte) 0x81}
  };

  private Capabilities() {}

  static Optional<byte[]> answer(BmcModel model, LanMessage m) {
    if (m.netFn() != APP) return Optional.empty();
    return switch (m.command()) {
      case 0x37 -> Optional.of(guid(model));
      case 0x38 -> Optional.of(authentication(m.data()));
      case 0x54 -> Optional.of(suites(model, m.data()));
      default -> Optional.empty();
    };
  }

  private static byte[] guid(BmcModel model) {
    byte[] b = new byte[17];
    System.arraycopy(model.guid(), 0, b, 1, 16);
    return b;
  }

  /** Non-null user names, Kg unset, IPMI 2.0 only (IPMI 2.0, table 22-15). */
  private static byte[] authentication(byte[] data) {
    if (data.length != 2) return new byte[] {(byte) 0xc7};
    boolean extended = (data[0] & 0x80) != 0;
    return new byte[] {0, 1, (byte) (extended ? 0x80 : 0), 0x04, 0x02, 0, 0, 0, 0};
  }

  private static byte[] suites(BmcModel model, byte[] data) {
    if (data.length != 3) return new byte[] {(byte) 0xc7};
    byte[] b = new byte[12];
    b[1] = 1;
    int length = 2;
    if ((data[2] & 0x3f) == 0)
      for (byte[] suite : RECORDS)
        if (model.suites().contains((int) suite[1])) {
          System.arraycopy(suite, 0, b, length, suite.length);
          length += suite.length;
        }
    return Arrays.copyOf(b, length);
  }
}
