package io.fettle.monitoring;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.check.Reading;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
    Instant observedAt) {

  /** The same without evidence: nothing is new. */
  Observation heartbeat() {
    Reading bare =
        new Reading(
            reading.component(),
            reading.verdict(),
            reading.severity(),
            reading.summary(),
            reading.verdict() == Verdict.OK ? Map.of() : reading.evidence());
    return new Observation(machine, check, faultClass, bare, slot, epoch, collector, observedAt);
  }

  /** Observations of one check at one slot of one machine stand together. */
  public static List<List<Observation>> byCheckAndSlot(List<Observation> batch) {
    List<List<Observation>> groups = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= batch.size(); i++) {
      if (i < batch.size() && batch.get(from).standsWith(batch.get(i))) continue;
      groups.add(batch.subList(from, i));
      from = i;
    }
    return groups;
  }

  private boolean standsWith(Observation other) {
    return slot == other.slot
        && epoch == other.epoch
        && machine.equals(other.machine)
        && check.equals(other.check);
  }
}
