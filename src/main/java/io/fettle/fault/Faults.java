package io.fettle.fault;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Page;
import io.fettle.kernel.Viewer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Front door of the fault room; owns the fault row. */
public interface Faults {
  Optional<Fault> find(FaultId id);

  /** Newest change first, cut to what the viewer may see. */
  default Page<Fault> list(FaultFilter filter, Viewer viewer, @Nullable String cursor, int limit) {
    return list(filter, viewer, FaultSorting.NEWEST, cursor, limit);
  }

  /**
   * In an order of the reader's choice, by keyset, cut to what the viewer may see.
   *
   * @param cursor the {@code next} of the page before, made with the same sorting; null for the
   *     first
   */
  Page<Fault> list(
      FaultFilter filter, Viewer viewer, FaultSorting sorting, @Nullable String cursor, int limit);

  /** How those of these that are still there stand. */
  Map<FaultId, FaultState> states(Collection<FaultId> ids);

  /**
   * Work by state for a sweep: those changed longest ago first, after {@code after} (null: from the
   * start). A sweep that goes on where it stopped reaches every fault, however many stay.
   */
  List<Fault> inState(FaultState state, @Nullable Fault after, int limit);

  /** How many open faults of a class in these states each machine has; at most so many machines. */
  Map<AssetId, Integer> machines(String faultClass, Set<FaultState> states, int most);

  /** How many faults stand in each state (open ones), cut to what the viewer may see. */
  Map<FaultState, Integer> counts(Viewer viewer);

  /**
   * Takes an edge, if the fault still has this version and the graph has the edge from its state to
   * {@code to}. Runs in the caller's transaction; writes the story's entry with it.
   *
   * @return the fault after the edge; empty when somebody was faster
   * @throws IllegalStateException when the graph has no such edge (a programming error)
   */
  Optional<Fault> advance(FaultId id, long version, Edge edge, FaultState to, Cause cause);

  /** Adds to the story without moving the fault; in the caller's transaction. */
  void tell(FaultId id, StoryEntry entry);

  /** The whole story, oldest first, chapters of all rooms included. */
  List<StoryEntry> story(FaultId id);

  /** True while a storm holds this fault's class in its rack or site. */
  boolean storm(Fault fault);

  /**
   * Why actions on this fault are suppressed now (maintenance, freeze, storm, parent, stale
   * collector); empty when they are not.
   */
  Optional<String> suppressedFor(Fault fault);

  /** Closed faults of the same key within this time, newest first: recurrence and lemons. */
  List<Fault> earlier(Fault fault, Duration within);
}
