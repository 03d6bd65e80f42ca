package io.fettle.audit;

import io.fettle.kernel.Actor;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of the record.
 *
 * @param id rising, with gaps; not the order of commits
 * @param reason the person's words; null where none was asked for
 * @param details a JSON object as text
 * @param sealed true once a link of the chain covers the row
 */
public record AuditEntry(
    long id,
    Instant at,
    Actor actor,
    String action,
    String object,
    @Nullable String reason,
    String details,
    boolean sealed) {}
