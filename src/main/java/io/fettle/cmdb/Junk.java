package io.fettle.cmdb;

import io.fettle.cmdb.facet.KeyKind;
import java.util.Set;
import java.util.regex.Pattern;

/** Values that vendors left in place of a real key; they identify nothing. Pure. */
final class Junk {
  // A quarter of the DMI samples of an open inventory agent have such a system serial.
  private static final Pattern SERIAL =
      Pattern.compile(
          "(?i)to be filled.*|default string|(system|chassis|base ?board|board|product) serial number|serial number|not (specified|present|applicable|available|defined)|none|null|unknown|n/?a|invalid|0?123456789.*|o\\.?e\\.?m\\.?|\\*+|-+|无|未知|待填|空");
  private static final Pattern ONE_CHARACTER = Pattern.compile("(?s)(.)\\1*");
  // Well-known firmware defaults seen on many machines at once.
  private static final Set<String> UUIDS =
      Set.of(
          "03000200-0400-0500-0006-000700080009",
          "00020003-0004-0005-0006-000700080009",
          "12345678-1234-5678-90ab-cddeefaabbcc",
          "ffffff00-ffff-ffff-ffff-ffffffffffff");

  private Junk() {}

  /**
   * True when a key in its normal form must not identify a machine.
   *
   * @param norm as {@link Norm} made it
   */
  static boolean is(KeyKind kind, String norm) {
    return switch (kind) {
      case ASSET_NO -> norm.isEmpty();
      case SERIAL, BOARD_SERIAL -> serial(norm);
      case UUID -> UUIDS.contains(norm) || same(norm.replace("-", ""));
      case MAC, BMC_MAC -> mac(norm);
      case HOSTNAME -> norm.equals("localhost") || norm.startsWith("localhost.");
      case IP, BMC_IP -> norm.equals("0.0.0.0") || norm.equals("::");
    };
  }

  /** True for a serial that no real machine has. */
  static boolean serial(String norm) {
    return norm.length() < 4 || same(norm) || SERIAL.matcher(norm).matches();
  }

  /** Multicast, all zero, VRRP and Docker's are no machine's own. */
  private static boolean mac(String norm) {
    int first = Integer.parseInt(norm.substring(0, 2), 16);
    return (first & 1) == 1
        || same(norm)
        || norm.startsWith("00005e0001")
        || norm.startsWith("0242");
  }

  /** True for an address that software made up: found by search, but identifies nobody. */
  static boolean madeUp(String mac) {
    return (Integer.parseInt(mac.substring(0, 2), 16) & 2) == 2;
  }

  private static boolean same(String text) {
    return ONE_CHARACTER.matcher(text).matches();
  }
}
