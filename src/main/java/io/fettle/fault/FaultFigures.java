package io.fettle.fault;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Viewer;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Front door for figures about faults, each one bounded query, cut to what the viewer may see. */
public interface FaultFigures {
  /** Machines that have an open fault, by the one that asks for most attention. */
  Map<Turn, Integer> machines(Viewer viewer);

  /** Racks with machines that have an open fault, the most pressing first. */
  List<Rack> racks(Viewer viewer, int limit);

  /** What recovered since then, by class, most first. */
  List<Recovered> recovered(Instant since, Viewer viewer);

  /** Faults confirmed in each of the hours after {@code from}; always {@code hours} numbers. */
  List<Integer> confirmedPerHour(Instant from, int hours, Viewer viewer);

  /** Open faults by class, most first. */
  Map<String, Integer> openByClass(Viewer viewer);

  /** Open faults of these machines (a page of them); a machine without any is absent. */
  Map<AssetId, List<Fault>> open(Collection<AssetId> machines);

  /** The newest faults of one machine, open or closed. */
  List<Fault> ofMachine(AssetId machine, int limit);

  /** A rack as its faults show it; a part of the place that is not recorded is null. */
  record Rack(
      @Nullable String site,
      @Nullable String room,
      @Nullable String rack,
      Turn worst,
      int machines) {}

  /** How many faults of a class recovered, by what fixed them. */
  record Recovered(String faultClass, int byRun, int bySelf, int byPerson) {
    public int all() {
      return byRun + bySelf + byPerson;
    }
  }
}
