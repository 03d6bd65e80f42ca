package io.fettle.identity;

import io.fettle.kernel.DatabaseState;
import io.fettle.kernel.Viewer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Who asks is looked up at each request. While the database does not answer, those who were known
 * within the last minutes still are, so that pages and {@code status} can say what is wrong;
 * nothing can be done without the database anyway.
 */
@Component
class LastKnown {
  private static final int MOST = 5_000;
  private static final Duration FOR = Duration.ofMinutes(15);

  private final Clock clock;
  private final DatabaseState database;
  private final Map<String, Seen> seen =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
          return size() > MOST;
        }
      };

  LastKnown(Clock clock, DatabaseState database) {
    this.clock = clock;
    this.database = database;
  }

  private record Seen(Viewer viewer, Instant at) {}

  /** What the look-up says, or what it said lately when the database does not answer. */
  Optional<Viewer> or(String key, Supplier<Optional<Viewer>> lookUp) {
    Optional<Viewer> known = database.answers() ? Optional.empty() : lately(key);
    if (known.isPresent()) return known;
    try {
      Optional<Viewer> now = lookUp.get();
      remember(key, now);
      return now;
    } catch (DataAccessException e) {
      return lately(key)
          .or(() -> {
            throw e;
          });
    }
  }

  private synchronized void remember(String key, Optional<Viewer> viewer) {
    if (viewer.isPresent()) seen.put(key, new Seen(viewer.get(), clock.instant()));
    else seen.remove(key);
  }

  private synchronized Optional<Viewer> lately(String key) {
    Instant oldest = clock.instant().minus(FOR);
    return Optional.ofNullable(seen.get(key)).filter(s -> s.at().isAfter(oldest)).map(Seen::viewer);
  }
}
