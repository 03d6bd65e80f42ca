package io.fettle.cmdb;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Page;
import io.fettle.kernel.Viewer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Front door for reading the register. */
public interface Register {
  Optional<MachineCard> card(AssetId id);

  /** Cards of many machines in one query; unknown ids are absent. */
  Map<AssetId, MachineCard> cards(Collection<AssetId> ids);

  Optional<MachineDoc> machine(AssetId id);

  Map<AssetId, MachineDoc> machines(Collection<AssetId> ids);

  /** True when this viewer may see the machine; an unknown id is false. */
  boolean visible(AssetId id, Viewer viewer);

  /**
   * From any key (asset number, serial, IP, MAC in any notation, host name, BMC address,
   * address:port) to the machine or the candidates this viewer may see.
   */
  Resolution find(String key, Viewer viewer);

  /**
   * Parses a query.
   *
   * @throws io.fettle.kernel.Problem 422 naming the column and what was expected
   */
  Query query(String text);

  /** Machines that match, by asset number. */
  Page<MachineCard> list(Query query, Viewer viewer, @Nullable String cursor, int limit);

  /** How many match; exact. */
  long count(Query query, Viewer viewer);

  /** Of these machines those that match; for any number of ids. */
  Set<AssetId> matching(Query query, Collection<AssetId> ids);

  /**
   * Ids that match, in id order after {@code after} (null: from the start); for loops over a fleet.
   */
  List<AssetId> ids(Query query, @Nullable AssetId after, int limit);

  /**
   * The feed of changes: assets changed after this feed number, oldest first. Start from {@link
   * #feedEnd()} or 0.
   */
  Feed changesAfter(long feedNo, int limit);

  /** The newest feed number; 0 for an empty register. */
  long feedEnd();

  /** A stretch of the change feed. */
  record Feed(long upTo, List<AssetId> assets) {}
}
