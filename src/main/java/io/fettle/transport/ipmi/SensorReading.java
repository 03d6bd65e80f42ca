package io.fettle.transport.ipmi;

import java.util.Optional;

/**
 * Get Sensor Reading (IPMI 2.0, 35.14).
 *
 * @param raw the reading before the sensor record's conversion, 0..255
 * @param available false while the sensor has no valid reading
 * @param states threshold comparison or discrete states, bit by bit
 */
public record SensorReading(int raw, boolean available, int states) {
  /** The command for one sensor of the card. */
  public static IpmiRequest request(int sensor) {
    return new IpmiRequest(0x04, 0x2d, (byte) sensor);
  }

  /** Empty when refused or cut. */
  public static Optional<SensorReading> of(IpmiAnswer answer) {
    byte[] d = answer.data();
    if (!answer.ok() || d.length < 2) return Optional.empty();
    int states = (d.length > 2 ? d[2] & 0xff : 0) | (d.length > 3 ? (d[3] & 0x7f) << 8 : 0);
    boolean available = (d[1] & 0x20) == 0 && (d[1] & 0x40) != 0;
    return Optional.of(new SensorReading(d[0] & 0xff, available, states));
  }
}
