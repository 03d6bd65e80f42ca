package io.fettle.fault;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A durable problem on (machine, class, component); at most one is open per such key.
 *
 * @param faultClass e.g. {@code bmc.nic_mode}
 * @param check the check that found it; only that check can prove it gone
 * @param version for compare-and-set; rises with every edge
 * @param heldFor why it is HELD (maintenance, freeze, storm, flapping, breaker, no_permit, lease,
 *     coverage, parent); null otherwise
 * @param stateBefore where STALE returns to; null otherwise
 * @param rung index of the next rung of the policy's ladder
 * @param notBefore earliest time of the next run (cool-down); null when none
 * @param deadlineAt when something must have happened; null only for CLOSED
 * @param fixedBy run, self, human or field; null until RECOVERED
 * @param relapses how often it came back within 30 days
 * @param evidence of the newest BAD reading
 */
public record Fault(
    FaultId id,
    AssetId machine,
    String faultClass,
    String component,
    String check,
    FaultState state,
    Severity severity,
    long version,
    Label summary,
    Map<String, Object> evidence,
    @Nullable String heldFor,
    @Nullable FaultState stateBefore,
    int rung,
    @Nullable Instant notBefore,
    @Nullable Instant deadlineAt,
    Instant openedAt,
    @Nullable Instant confirmedAt,
    @Nullable Instant recoveredAt,
    @Nullable Instant closedAt,
    @Nullable String fixedBy,
    int relapses,
    Instant changedAt) {}
