package io.fettle.audit;

import io.fettle.kernel.Page;
import io.fettle.kernel.Viewer;
import org.jspecify.annotations.Nullable;

/** Front door for reading the record. Every method asks for a viewer who is an auditor. */
public interface AuditTrail {
  /** The most rows of one page. */
  int MOST = 500;

  /**
   * Rows, newest first.
   *
   * @param cursor the {@code next} of the page before; null for the first page
   * @param limit 1 to {@link #MOST}; more is cut
   * @throws io.fettle.kernel.Problem 403 for another viewer, 422 for a cursor that is none
   */
  Page<AuditEntry> page(AuditFilter filter, @Nullable String cursor, int limit, Viewer viewer);

  /**
   * Reads every sealed row again and compares it with the chain. Memory does not grow with the
   * record, time does.
   */
  AuditProof verify(Viewer viewer);
}
