package io.fettle.cmdb;

import io.fettle.kernel.Page;
import io.fettle.kernel.Viewer;
import org.jspecify.annotations.Nullable;

/** Front door: lists of machines in an order of the reader's choice. */
public interface MachineLists {
  /**
   * Machines that match, by keyset.
   *
   * @param cursor the {@code next} of the page before, made with the same sorting; null for the
   *     first
   */
  Page<MachineCard> list(
      Query query, Viewer viewer, Sorting sorting, @Nullable String cursor, int limit);

  /** How many match, counted no further than {@code most + 1}: a person needs no more. */
  long countUpTo(Query query, Viewer viewer, int most);
}
