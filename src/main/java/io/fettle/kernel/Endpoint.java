package io.fettle.kernel;

/**
 * A network address with a port.
 *
 * @param host IPv4, IPv6 (without brackets) or a host name
 * @param port 1..65535
 */
public record Endpoint(String host, int port) {
  public Endpoint {
    if (host.isBlank()) throw new IllegalArgumentException("host is empty");
    if (port < 1 || port > 65_535) throw new IllegalArgumentException("port out of range: " + port);
  }

  /**
   * Reads {@code 10.1.2.3}, {@code 10.1.2.3:2222}, {@code [2001:db8::1]:623}, {@code 2001:db8::1}
   * or {@code host:port}.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  public static Endpoint parse(String text, int defaultPort) {
    String t = text.strip();
    if (t.startsWith("[")) {
      int close = t.indexOf(']');
      if (close < 0) throw new IllegalArgumentException("missing ']' in " + t);
      String rest = t.substring(close + 1);
      if (!rest.isEmpty() && !rest.startsWith(":"))
        throw new IllegalArgumentException("unexpected '" + rest + "' after ']'");
      return new Endpoint(
          t.substring(1, close), rest.isEmpty() ? defaultPort : port(rest.substring(1)));
    }
    int first = t.indexOf(':');
    if (first < 0 || first != t.lastIndexOf(':')) return new Endpoint(t, defaultPort);
    return new Endpoint(t.substring(0, first), port(t.substring(first + 1)));
  }

  private static int port(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("port is not a number: " + text, e);
    }
  }

  /** {@code host:port}, IPv6 in brackets. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
