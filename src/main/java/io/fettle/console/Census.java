package io.fettle.console;

import io.fettle.cmdb.MachineLists;
import io.fettle.cmdb.Query;
import io.fettle.cmdb.Register;
import io.fettle.kernel.Viewer;
import io.fettle.transport.HostKey;
import io.fettle.transport.HostKeys;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.springframework.stereotype.Component;

/**
 * Counts that every page shows, remembered for a few seconds: a count of a big fleet is not free.
 */
@Component
class Census {
  private static final Duration FRESH = Duration.ofSeconds(5);
  private static final int MOST = 1_000;
  private static final int KEYS_SHOWN = 100;

  private final Register register;
  private final MachineLists lists;
  private final HostKeys hostKeys;
  private final Clock clock;
  private final ConcurrentMap<String, Counted> known = new ConcurrentHashMap<>();

  Census(Register register, MachineLists lists, HostKeys hostKeys, Clock clock) {
    this.register = register;
    this.lists = lists;
    this.hostKeys = hostKeys;
    this.clock = clock;
  }

  private record Counted(long number, Instant at) {}

  /** Machines this viewer may see. */
  long machines(Viewer viewer) {
    Set<String> teams = viewer.seesAll() ? Set.of("*") : new TreeSet<>(viewer.teams());
    return remembered("machines " + teams, () -> register.count(register.query(""), viewer));
  }

  /** Machines of a query that this viewer may see, counted no further than one beyond most. */
  long matching(Query query, Viewer viewer, int most) {
    Set<String> teams = viewer.seesAll() ? Set.of("*") : new TreeSet<>(viewer.teams());
    return remembered(
        "matching " + most + " " + teams + " " + query.text(),
        () -> lists.countUpTo(query, viewer, most));
  }

  /** Host keys that wait for a decision; at most 100. */
  int changedKeys() {
    return (int)
        remembered(
            "keys", () -> hostKeys.list(HostKey.State.CHANGED, null, KEYS_SHOWN).items().size());
  }

  private long remembered(String what, LongSupplier count) {
    Instant now = clock.instant();
    Counted last = known.get(what);
    if (last != null && last.at().plus(FRESH).isAfter(now)) return last.number();
    if (known.size() >= MOST) known.clear();
    Counted fresh = new Counted(count.getAsLong(), now);
    known.put(what, fresh);
    return fresh.number();
  }
}
