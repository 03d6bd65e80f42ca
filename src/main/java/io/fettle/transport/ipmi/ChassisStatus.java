package io.fettle.transport.ipmi;

import java.util.Optional;

/**
 * Get Chassis Status (IPMI 2.0, 28.2).
 *
 * @param policy what happens when AC comes back
 */
public record ChassisStatus(boolean on, boolean powerFault, RestorePolicy policy) {
  /** The command. */
  public static final IpmiRequest REQUEST = new IpmiRequest(0x00, 0x01);

  /** Power restore policy. */
  public enum RestorePolicy {
    ALWAYS_OFF,
    PREVIOUS,
    ALWAYS_ON,
    UNKNOWN
  }

  /** Empty when refused or cut. */
  public static Optional<ChassisStatus> of(IpmiAnswer answer) {
    byte[] d = answer.data();
    if (!answer.ok() || d.length < 3) return Optional.empty();
    return Optional.of(
        new ChassisStatus(
            (d[0] & 0x01) != 0, (d[0] & 0x08) != 0, RestorePolicy.values()[(d[0] >> 5) & 0x03]));
  }
}
