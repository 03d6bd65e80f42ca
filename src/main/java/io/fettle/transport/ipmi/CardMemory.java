package io.fettle.transport.ipmi;

import io.fettle.transport.ipmi.wire.Suite;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which cipher suite worked with which card, so that later log-ins need no probe. Bounded, and
 * forgotten after a day: new firmware may offer a better one.
 */
final class CardMemory {
  private static final long KEPT_NANOS = Duration.ofDays(1).toNanos();

  private record Known(Suite suite, long since) {}

  private final Map<InetSocketAddress, Known> suites;

  CardMemory(int capacity) {
    suites =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, Known> eldest) {
            return size() > capacity;
          }
        };
  }

  synchronized Optional<Suite> suite(InetSocketAddress card) {
    return Optional.ofNullable(suites.get(card))
        .filter(k -> System.nanoTime() - k.since() < KEPT_NANOS)
        .map(Known::suite);
  }

  synchronized void worked(InetSocketAddress card, Suite suite) {
    Known known = suites.get(card);
    if (known == null || known.suite() != suite || System.nanoTime() - known.since() >= KEPT_NANOS)
      suites.put(card, new Known(suite, System.nanoTime()));
  }

  synchronized void forget(InetSocketAddress card) {
    suites.remove(card);
  }
}
