package io.fettle.cmdb;

import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes UUIDs of version 7 (RFC 9562): they sort by time. */
final class Ids {
  private Ids() {}

  static UUID at(Instant now, RandomGenerator random) {
    long high = now.toEpochMilli() << 16 | 0x7000L | random.nextLong() & 0xfffL;
    long low = 0x8000_0000_0000_0000L | random.nextLong() & 0x3fff_ffff_ffff_ffffL;
    return new UUID(high, low);
  }
}
