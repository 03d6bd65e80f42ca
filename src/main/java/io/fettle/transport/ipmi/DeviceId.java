package io.fettle.transport.ipmi;

import java.util.Optional;

/**
 * Get Device ID (IPMI 2.0, 20.1): what the card is.
 *
 * @param firmware major.minor as ipmitool prints it
 * @param manufacturer IANA enterprise number, e.g. 674 Dell
 */
public record DeviceId(
    int device, int revision, String firmware, String ipmi, int manufacturer, int product) {
  /** The command. */
  public static final IpmiRequest REQUEST = new IpmiRequest(0x06, 0x01);

  /** Empty when refused or cut. */
  public static Optional<DeviceId> of(IpmiAnswer answer) {
    byte[] d = answer.data();
    if (!answer.ok() || d.length < 11) return Optional.empty();
    return Optional.of(
        new DeviceId(
            d[0] & 0xff,
            d[1] & 0x0f,
            "%d.%02x".formatted(d[2] & 0x7f, d[3] & 0xff),
            "%x.%x".formatted(d[4] & 0x0f, (d[4] & 0xff) >> 4),
            (d[6] & 0xff) | (d[7] & 0xff) << 8 | (d[8] & 0x0f) << 16,
            (d[9] & 0xff) | (d[10] & 0xff) << 8));
  }
}
