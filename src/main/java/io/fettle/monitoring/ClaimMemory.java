package io.fettle.monitoring;

import io.fettle.kernel.AssetId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * What was claimed lately: the same facts are claimed again only now and then, to show that they
 * are still seen. Bounded; what falls out is claimed once more than needed.
 */
@Component
class ClaimMemory {
  private static final Duration AGAIN = Duration.ofMinutes(30);
  private static final int MOST = 100_000;

  private final Map<Key, Last> last =
      new LinkedHashMap<>(1_024, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Last> eldest) {
          return size() > MOST;
        }
      };

  private record Key(AssetId machine, String check, String facet, boolean outOfBand) {}

  private record Last(int hash, Instant at) {}

  /** True when this differs from the last claim or the last one is old; remembers it. */
  synchronized boolean isNews(
      AssetId machine,
      String check,
      MachineVisit.Claimed claimed,
      Map<String, Object> doc,
      Instant now) {
    Key key = key(machine, check, claimed);
    Last known = last.get(key);
    if (known != null && known.hash() == doc.hashCode() && now.isBefore(known.at().plus(AGAIN)))
      return false;
    last.put(key, new Last(doc.hashCode(), now));
    return true;
  }

  synchronized void forget(AssetId machine, String check, MachineVisit.Claimed claimed) {
    last.remove(key(machine, check, claimed));
  }

  private static Key key(AssetId machine, String check, MachineVisit.Claimed claimed) {
    return new Key(machine, check, claimed.facet(), claimed.outOfBand());
  }
}
