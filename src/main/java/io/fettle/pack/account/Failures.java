package io.fettle.pack.account;

import java.net.InetAddress;
import java.util.List;

/**
 * Wrong passwords that pam_faillock counts for an account.
 *
 * @param valid those that count, in the order they were made
 * @param deny so many lock the account
 * @param interval seconds within which they count together
 * @param unlock seconds after the latest at which the lock ends by itself; 0 for never
 */
record Failures(List<Failure> valid, int deny, int interval, int unlock) {
  Failures {
    valid = List.copyOf(valid);
  }

  /**
   * One.
   *
   * @param age in seconds
   * @param remote true when it came over the network
   * @param source an address, a host's name, a terminal or a service; hostile text
   */
  record Failure(int age, boolean remote, String source) {
    /** From outside the private networks; so is whatever is no address. */
    boolean foreign() {
      if (!remote) return false;
      try {
        InetAddress from = InetAddress.ofLiteral(source);
        boolean local = from.getAddress().length == 16 && (from.getAddress()[0] & 0xfe) == 0xfc;
        return !local
            && !from.isLoopbackAddress()
            && !from.isSiteLocalAddress()
            && !from.isLinkLocalAddress();
      } catch (IllegalArgumentException e) {
        return true;
      }
    }
  }

  /** Where nothing is configured pam_faillock's own defaults hold. */
  static Failures of(Facts facts) {
    String[] rule = facts.one("faillock_rule").orElse("- - -").split(" ");
    List<Failure> valid =
        facts.all("failure").stream()
            .map(line -> line.split(" ", 3))
            .filter(parts -> parts.length == 3)
            .map(p -> new Failure(Facts.number0(p[0]), p[1].equals("RHOST"), p[2].strip()))
            .toList();
    return new Failures(valid, number(rule, 0, 3), number(rule, 1, 900), number(rule, 2, 600));
  }

  private static int number(String[] rule, int at, int otherwise) {
    if (rule.length <= at || rule[at].equals("-")) return otherwise;
    return Facts.number0(rule[at]);
  }

  /** True while pam_faillock refuses even the right password. */
  boolean lock() {
    return deny > 0 && together() >= deny && (unlock == 0 || latest() < unlock);
  }

  private long together() {
    int latest = latest();
    return valid.stream().filter(f -> f.age() - latest < interval).count();
  }

  /** Seconds since the latest. */
  int latest() {
    return valid.stream().mapToInt(Failure::age).min().orElse(0);
  }

  String source() {
    return valid.isEmpty() ? "" : valid.getLast().source();
  }

  boolean foreign() {
    return valid.stream().anyMatch(Failure::foreign);
  }

  /** Nobody has tried for as long as failures count together, and nobody from outside did. */
  boolean over() {
    return !valid.isEmpty() && latest() >= interval && !foreign();
  }
}
