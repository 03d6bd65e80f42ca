package io.fettle.cmdb;

import io.fettle.audit.Audit;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Page;
import io.fettle.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Lists conflicts and closes them with a person's reason. */
@Component
class StoredConflicts implements Conflicts {
  private final ConflictTable table;
  private final Audit audit;
  private final Clock clock;
  private final TransactionTemplate transaction;

  StoredConflicts(
      ConflictTable table, Audit audit, Clock clock, PlatformTransactionManager transactions) {
    this.table = table;
    this.audit = audit;
    this.clock = clock;
    this.transaction = new TransactionTemplate(transactions);
  }

  @Override
  public Page<Conflict> open(@Nullable String cursor, int limit) {
    int size = Math.clamp(limit, 1, 1000);
    Instant before = Instant.parse("9999-01-01T00:00:00Z");
    UUID id = new UUID(-1, -1);
    if (cursor != null) {
      try {
        String[] parts =
            new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(" ", 2);
        before = Instant.parse(parts[0]);
        id = UUID.fromString(parts[1]);
      } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException e) {
        throw Problem.badInput("cursor", "", "分页游标无效", "not a cursor of this list");
      }
    }
    List<Conflict> found = table.open(before, id, size + 1);
    if (found.size() <= size) return new Page<>(found, null);
    Conflict last = found.get(size - 1);
    String text = last.lastSeen() + " " + last.id();
    String next =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    return new Page<>(found.subList(0, size), next);
  }

  @Override
  public long count() {
    return table.count();
  }

  @Override
  public void reject(UUID id, String reason, Actor actor) {
    if (reason.isBlank() || reason.length() > 500)
      throw Problem.badInput(
          "reason", "", "请写明原因，最多 500 个字符", "give a reason of at most 500 characters");
    transaction.executeWithoutResult(_ -> {
      if (!table.close(id, actor.toString(), reason, Sql.micros(clock.instant())))
        throw Problem.notFound("conflict", id.toString());
      audit.record(actor, "conflict.rejected", "conflict:" + id, reason, Map.of());
    });
  }
}
