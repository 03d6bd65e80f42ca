package io.fettle.identity;

import io.fettle.audit.Audit;
import io.fettle.kernel.Actor;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Counts a try before the password is looked at and takes it back when it proves right, so that
 * tries made at the same time, or a crash in between, never count too few.
 */
@Component
class SignInTries {
  private final FailureTable failures;
  private final Audit audit;
  private final Clock clock;

  SignInTries(FailureTable failures, Audit audit, Clock clock) {
    this.failures = failures;
    this.audit = audit;
    this.clock = clock;
  }

  /** Counts a try; answers how long to wait first, zero when it may go on. */
  @Transactional
  public Duration begin(String name, String address) {
    // The database keeps microseconds and rounds: a finer now would lie before what it stored.
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    failures.forget(now.minus(LockOut.FORGOTTEN));
    byte[] addressKey = addressKey(address);
    byte[] accountKey = accountKey(name);
    FailureTable.Tries byAddress = failures.lock(addressKey, now);
    FailureTable.Tries byAccount = failures.lock(accountKey, now);
    Duration wait = longer(wait(byAddress, now), wait(byAccount, now));
    if (wait.isPositive()) return wait;
    count(LockOut.ADDRESS, addressKey, byAddress, now, "address:" + shortAddress(address));
    count(LockOut.ACCOUNT, accountKey, byAccount, now, "account:" + digest(accountKey));
    return Duration.ZERO;
  }

  /** The try was right. */
  @Transactional
  public void succeeded(String name, String address) {
    failures.takeBack(addressKey(address), clock.instant().truncatedTo(ChronoUnit.MICROS));
    failures.delete(accountKey(name));
  }

  private void count(
      LockOut kind, byte[] key, FailureTable.Tries before, Instant now, String object) {
    boolean fresh = before.lastAt().isBefore(now.minus(LockOut.FORGOTTEN));
    int tries = (fresh ? 0 : before.failures()) + 1;
    Duration delay = kind.delay(tries);
    failures.update(key, new FailureTable.Tries(tries, now, now.plus(delay)));
    boolean first = delay.isPositive() && !kind.delay(tries - 1).isPositive();
    if (first)
      audit.record(
          Actor.system("identity"), "sign_in.slowed", object, null, Map.of("tries", tries));
  }

  private static Duration wait(FailureTable.Tries tries, Instant now) {
    return Duration.between(now, tries.blockedUntil());
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  /** A hash, because people type passwords into the name's field. */
  private static byte[] accountKey(String name) {
    return Hash.of("account:" + name);
  }

  private static byte[] addressKey(String address) {
    return Hash.of("address:" + shortAddress(address));
  }

  private static String digest(byte[] key) {
    return HexFormat.of().formatHex(key, 0, 6);
  }

  /** An IPv6 client owns its whole /64. */
  private static String shortAddress(String address) {
    try {
      InetAddress parsed = InetAddress.ofLiteral(address);
      if (!(parsed instanceof Inet6Address)) return parsed.getHostAddress();
      byte[] half = Arrays.copyOf(parsed.getAddress(), 8);
      return HexFormat.ofDelimiter(":").formatHex(half) + "::/64";
    } catch (IllegalArgumentException e) {
      return digest(Hash.of(address));
    }
  }
}
