package io.fettle.monitoring;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.check.Reading;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Front door of the observations that are kept. They are runs, not samples: what a check says of a
 * machine is kept when it changes and at {@code fettle.monitoring.heartbeat}; all of it, so that
 * the newest of one moment are what it says of every component.
 */
public interface Observations {
  /**
   * What was kept of a machine since then, newest first, at most 500.
   *
   * @param check null for all checks
   */
  List<Seen> of(AssetId machine, @Nullable String check, Instant since, int limit);

  /**
   * The newest of each of these checks, newest first, as many as show what it says now and some of
   * what it said before; nothing of a check that has been silent for more than a heartbeat.
   */
  List<Seen> lately(AssetId machine, Collection<String> checks);

  /**
   * When each check last said something of this machine, also when nothing was kept of it; without
   * those that this start has not heard yet.
   */
  Map<String, Instant> seen(AssetId machine);

  /**
   * What a check says of each component that has a name: on how many machines which verdict.
   * Machines of which it has said nothing for more than a heartbeat are left out.
   */
  List<Tally> last(String check);

  /** So many machines whose component of this name had this verdict. */
  record Tally(String component, Verdict verdict, int machines) {}

  /** One kept observation. */
  record Seen(Instant at, String check, Reading reading) {}
}
