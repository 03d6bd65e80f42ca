package io.fettle.transport.ipmi;

import io.fettle.transport.ipmi.IpmiFailure.Kind;

/** What a card says when it declines a step of the log-in (IPMI 2.0, table 13-15). */
final class RakpStatus {
  private RakpStatus() {}

  /** The failure behind a status that is not 0. */
  static IpmiFailure failure(String step, int status) {
    return new IpmiFailure(
        kind(status), "%s: %s (status %02x)".formatted(step, words(status), status));
  }

  private static Kind kind(int status) {
    return switch (status) {
      case 0x01, 0x0b -> Kind.NO_SLOT;
      case 0x04, 0x05, 0x06, 0x07, 0x10, 0x11 -> Kind.NO_CIPHER;
      case 0x09, 0x0a -> Kind.PRIVILEGE;
      case 0x0c, 0x0d -> Kind.UNKNOWN_USER;
      case 0x0f -> Kind.BAD_KG;
      default -> Kind.PROTOCOL;
    };
  }

  private static String words(int status) {
    return switch (status) {
      case 0x01 -> "no session slot is free";
      case 0x02 -> "invalid session id";
      case 0x03 -> "invalid payload type";
      case 0x04 -> "invalid authentication algorithm";
      case 0x05 -> "invalid integrity algorithm";
      case 0x06 -> "no matching authentication payload";
      case 0x07 -> "no matching integrity payload";
      case 0x08 -> "inactive session id";
      case 0x09 -> "invalid role";
      case 0x0a -> "role or privilege not allowed";
      case 0x0b -> "no resources for a session at this role";
      case 0x0c -> "invalid name length";
      case 0x0d -> "user name unknown or disabled";
      case 0x0e -> "unauthorised GUID";
      case 0x0f -> "integrity check failed";
      case 0x10 -> "invalid confidentiality algorithm";
      case 0x11 -> "no matching cipher suite";
      case 0x12 -> "illegal parameter";
      default -> "declined";
    };
  }
}
