package io.fettle.transport.ipmi;

import io.fettle.transport.ipmi.wire.Suite;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Which cipher suite worked with which card, so that later log-ins need no probe. Bounded. */
final class CardMemory {
  private final Map<InetSocketAddress, Suite> suites;

  CardMemory(int capacity) {
    suites =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, Suite> eldest) {
            return size() > capacity;
          }
        };
  }

  synchronized Optional<Suite> suite(InetSocketAddress card) {
    return Optional.ofNullable(suites.get(card));
  }

  synchronized void worked(InetSocketAddress card, Suite suite) {
    suites.put(card, suite);
  }

  synchronized void forget(InetSocketAddress card) {
    suites.remove(card);
  }

  synchronized int size() {
    return suites.size();
  }
}
