package io.fettle.identity;

import java.time.Duration;

/**
 * How long to wait after tries that failed: nothing for the first few, then twice as long each
 * time. Kept per account and per address, because guessing comes both ways: many passwords for one
 * account, one password for many accounts.
 */
enum LockOut {
  ACCOUNT(5, Duration.ofMinutes(5)),
  ADDRESS(20, Duration.ofMinutes(15));

  /** A key that rests this long starts anew. */
  static final Duration FORGOTTEN = Duration.ofHours(1);

  private final int free;
  private final Duration longest;

  LockOut(int free, Duration longest) {
    this.free = free;
    this.longest = longest;
  }

  /** The wait after this many tries. */
  Duration delay(int tries) {
    if (tries < free) return Duration.ZERO;
    long seconds = 1L << Math.min(tries - free, 30);
    return seconds < longest.toSeconds() ? Duration.ofSeconds(seconds) : longest;
  }
}
