package io.fettle.transport.ipmi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Optional;

/**
 * Get SEL Info (IPMI 2.0, 31.2): how full the event log is.
 *
 * @param freeBytes room left; 65535 means that much or more
 * @param overflow events were dropped because it was full
 */
public record SelInfo(int entries, int freeBytes, Instant added, Instant erased, boolean overflow) {
  /** The command. */
  public static final IpmiRequest REQUEST = new IpmiRequest(0x0a, 0x40);

  private static final int ENTRY_BYTES = 16;

  /** Empty when refused or cut. */
  public static Optional<SelInfo> of(IpmiAnswer answer) {
    if (!answer.ok() || answer.data().length < 14) return Optional.empty();
    ByteBuffer b = ByteBuffer.wrap(answer.data()).order(ByteOrder.LITTLE_ENDIAN);
    return Optional.of(
        new SelInfo(
            b.getShort(1) & 0xffff,
            b.getShort(3) & 0xffff,
            Instant.ofEpochSecond(Integer.toUnsignedLong(b.getInt(5))),
            Instant.ofEpochSecond(Integer.toUnsignedLong(b.getInt(9))),
            (b.get(13) & 0x80) != 0));
  }

  /** How full, in percent, as ipmitool prints it. */
  public int percentUsed() {
    int used = entries * ENTRY_BYTES;
    return used + freeBytes == 0 ? 0 : 100 * used / (used + freeBytes);
  }
}
