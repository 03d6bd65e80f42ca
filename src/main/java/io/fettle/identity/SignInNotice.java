package io.fettle.identity;

import java.util.Map;

/**
 * What the sign-in page says above the form.
 *
 * @param key message key; empty for nothing
 * @param seconds to wait; 0 where it has no meaning
 * @param bad true for a refusal
 */
public record SignInNotice(String key, long seconds, boolean bad) {
  /** Reads the query that a try to sign in, or a sign-out, left in the address. */
  static SignInNotice of(Map<String, String> query) {
    if (query.containsKey("failed")) return new SignInNotice("identity.failed", 0, true);
    if (query.containsKey("wait")) return new SignInNotice("identity.wait", wait(query), true);
    if (query.containsKey("stale")) return new SignInNotice("identity.stale", 0, true);
    if (query.containsKey("unavailable")) return new SignInNotice("identity.unavailable", 0, true);
    if (query.containsKey("changed")) return new SignInNotice("identity.changed", 0, false);
    if (query.containsKey("out")) return new SignInNotice("identity.out", 0, false);
    return new SignInNotice("", 0, false);
  }

  private static long wait(Map<String, String> query) {
    String seconds = query.getOrDefault("wait", "");
    boolean number =
        !seconds.isEmpty()
            && seconds.length() < 6
            && seconds.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? Long.parseLong(seconds) : 1;
  }
}
