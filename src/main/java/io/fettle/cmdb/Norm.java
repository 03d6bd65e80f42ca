package io.fettle.cmdb;

import io.fettle.cmdb.facet.KeyKind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Brings every notation of a key to one form. Pure. */
final class Norm {
  private static final Pattern SPACES = Pattern.compile("\\s+");
  private static final Pattern MAC =
      Pattern.compile(
          "(?i)([0-9a-f]{12})|[0-9a-f]{2}([:-][0-9a-f]{2}){5}|[0-9a-f]{4}([.:-][0-9a-f]{4}){2}|[0-9a-f]{6}[:-][0-9a-f]{6}|[0-9a-f]{2}( [0-9a-f]{2}){5}");
  private static final Pattern UUID =
      Pattern.compile("(?i)\\{?[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\\}?");
  private static final Pattern IPV4 =
      Pattern.compile("(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}");
  private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]{2,45}");
  private static final Pattern PORT = Pattern.compile("\\d{1,5}");
  private static final Pattern HOST =
      Pattern.compile(
          "(?i)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\\.?");

  private Norm() {}

  /** Normal form of a key of this kind; empty when the text is no such key. */
  static Optional<String> of(KeyKind kind, String raw) {
    return switch (kind) {
      case ASSET_NO, SERIAL, BOARD_SERIAL -> plain(raw);
      case UUID -> uuid(raw);
      case MAC, BMC_MAC -> mac(raw);
      case HOSTNAME -> hostname(raw);
      case IP, BMC_IP -> address(raw);
    };
  }

  /** Trimmed, full-width folded, upper case, spaces collapsed. */
  static Optional<String> plain(String raw) {
    String folded = Normalizer.normalize(raw, Normalizer.Form.NFKC);
    String text = SPACES.matcher(folded.strip()).replaceAll(" ").toUpperCase(Locale.ROOT);
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  /** Twelve lower-case hex digits. */
  static Optional<String> mac(String raw) {
    String text = raw.strip();
    if (!MAC.matcher(text).matches()) return Optional.empty();
    StringBuilder digits = new StringBuilder(12);
    for (int i = 0; i < text.length(); i++)
      if (Character.digit(text.charAt(i), 16) >= 0) digits.append(text.charAt(i));
    return Optional.of(digits.toString().toLowerCase(Locale.ROOT));
  }

  /** Canonical UUID, lower case. */
  static Optional<String> uuid(String raw) {
    String text = raw.strip();
    if (!UUID.matcher(text).matches()) return Optional.empty();
    return Optional.of(text.replaceAll("[{}]", "").toLowerCase(Locale.ROOT));
  }

  /** The same UUID with its first three groups in the other SMBIOS byte order. */
  static String swapped(String uuid) {
    return bytesBack(uuid, 0, 8)
        + "-"
        + bytesBack(uuid, 9, 13)
        + "-"
        + bytesBack(uuid, 14, 18)
        + uuid.substring(18);
  }

  private static String bytesBack(String uuid, int from, int to) {
    StringBuilder out = new StringBuilder();
    for (int i = to; i > from; i -= 2) out.append(uuid, i - 2, i);
    return out.toString();
  }

  /** Lower case, without the dot at the end. */
  static Optional<String> hostname(String raw) {
    String text = Normalizer.normalize(raw.strip(), Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    if (text.endsWith(".")) text = text.substring(0, text.length() - 1);
    return text.length() > 253 || !HOST.matcher(text).matches()
        ? Optional.empty()
        : Optional.of(text);
  }

  /** Canonical IP or host name of an address with or without port or mask; the port is dropped. */
  static Optional<String> address(String raw) {
    return split(raw).map(a -> a.host());
  }

  /** An address taken apart; port is 0 when none was given. */
  static Optional<Address> split(String raw) {
    String text = Normalizer.normalize(raw.strip(), Normalizer.Form.NFKC);
    int mask = text.indexOf('/');
    if (mask > 0 && text.substring(mask + 1).matches("\\d{1,3}|[0-9.]{7,15}"))
      text = text.substring(0, mask);
    int port = 0;
    String host = text;
    if (text.startsWith("[")) {
      int close = text.indexOf(']');
      if (close < 0) return Optional.empty();
      host = text.substring(1, close);
      String rest = text.substring(close + 1);
      if (!rest.isEmpty()) {
        if (!rest.startsWith(":")) return Optional.empty();
        port = port(rest.substring(1));
        if (port < 1) return Optional.empty();
      }
    } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
      host = text.substring(0, text.indexOf(':'));
      port = port(text.substring(text.indexOf(':') + 1));
      if (port < 1) return Optional.empty();
    }
    return named(host, port);
  }

  private static Optional<Address> named(String host, int port) {
    return ip(host).or(() -> hostname(host)).map(h -> new Address(h, port));
  }

  private static int port(String text) {
    return PORT.matcher(text).matches() && Integer.parseInt(text) <= 65_535
        ? Integer.parseInt(text)
        : -1;
  }

  /** Canonical IPv4 or IPv6 (RFC 5952); empty for anything else, names included. */
  static Optional<String> ip(String raw) {
    String text = raw.strip();
    if (IPV4.matcher(text).matches()) {
      List<String> parts = new ArrayList<>();
      for (String part : text.split("\\.", -1)) parts.add("" + Integer.parseInt(part));
      return Optional.of(String.join(".", parts));
    }
    if (text.indexOf(':') < 0 || !V6.matcher(text).matches()) return Optional.empty();
    try {
      // Only characters of a literal come here, so this never asks a name server.
      byte[] bytes = InetAddress.getByName(text).getAddress();
      return Optional.of(bytes.length == 4 ? v4(bytes) : v6(bytes));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static String v4(byte[] b) {
    return (b[0] & 255) + "." + (b[1] & 255) + "." + (b[2] & 255) + "." + (b[3] & 255);
  }

  private static String v6(byte[] b) {
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) groups[i] = (b[2 * i] & 255) << 8 | b[2 * i + 1] & 255;
    int best = -1;
    int length = 1;
    for (int i = 0; i < 8; i++) {
      int j = i;
      while (j < 8 && groups[j] == 0) j++;
      if (j - i > length) {
        best = i;
        length = j - i;
      }
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < 8; ) {
      if (i == best) {
        out.append("::");
        i += length;
        continue;
      }
      if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') out.append(':');
      out.append(Integer.toHexString(groups[i++]));
    }
    return out.toString();
  }

  /** Host with port; port 0 means the usual one. */
  record Address(String host, int port) {
    /** As documents hold it: the port only where it is not the usual one. */
    String text(int usual) {
      if (port == 0 || port == usual) return host;
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }
}
