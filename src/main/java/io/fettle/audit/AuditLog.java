package io.fettle.audit;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Writes and reads the record. */
@Component
class AuditLog implements Audit, AuditTrail {
  private final EntryTable entries;
  private final Verifier verifier;
  private final Clock clock;

  AuditLog(EntryTable entries, Verifier verifier, Clock clock) {
    this.entries = entries;
    this.verifier = verifier;
    this.clock = clock;
  }

  @Override
  public void record(
      Actor who, String action, String object, @Nullable String reason, Map<String, ?> details) {
    if (!TransactionSynchronizationManager.isActualTransactionActive())
      throw new IllegalStateException(
          action + " of " + object + " is recorded outside a transaction");
    entries.insert(clock.instant(), who, action, object, reason, details);
  }

  @Override
  public Page<AuditEntry> page(
      AuditFilter filter, @Nullable String cursor, int limit, Viewer viewer) {
    mustBeAuditor(viewer);
    int size = Math.clamp(limit, 1, MOST);
    List<AuditEntry> rows = entries.before(filter, position(cursor), size + 1);
    if (rows.size() <= size) return new Page<>(rows, null);
    return new Page<>(rows.subList(0, size), Long.toString(rows.get(size - 1).id()));
  }

  @Override
  public AuditProof verify(Viewer viewer) {
    mustBeAuditor(viewer);
    return verifier.verify();
  }

  private static long position(@Nullable String cursor) {
    if (cursor == null || cursor.isEmpty()) return Long.MAX_VALUE;
    try {
      return Long.parseLong(cursor);
    } catch (NumberFormatException e) {
      throw Problem.badInput(
          "cursor",
          cursor.length() > 40 ? cursor.substring(0, 40) : cursor,
          "游标无效，请使用上一页返回的 next",
          "not a cursor: use the next of the page before");
    }
  }

  private static void mustBeAuditor(Viewer viewer) {
    if (!viewer.is(Role.AUDITOR))
      throw Problem.forbidden("审计记录只对审计员和管理员开放", "The audit record is for auditors");
  }
}
