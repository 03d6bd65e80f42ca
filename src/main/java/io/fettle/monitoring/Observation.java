package io.fettle.monitoring;

import io.fettle.kernel.AssetId;
import io.fettle.monitoring.check.Reading;
import java.time.Instant;

/**
 * One verdict of one check about one component of one machine at one slot; immutable.
 *
 * @param slot scheduled tick in epoch milliseconds: the ordering key, not the wall clock of the
 *     probe
 * @param epoch rises when the binding moves to another collector; orders before {@code slot}
 */
public record Observation(
    AssetId machine,
    String check,
    String faultClass,
    Reading reading,
    long slot,
    int epoch,
    String collector,
    Instant observedAt) {}
