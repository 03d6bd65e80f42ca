package io.fettle.batch;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One machine of a job.
 *
 * @param no its place in the frozen list, from 0
 * @param name asset number, else serial, else id
 * @param rack site, room and rack as one text; empty when unknown
 * @param verdict null until it ended
 * @param digest equal for equal output with an equal verdict; null before the end
 * @param cut true when more came than was kept
 */
public record Item(
    int no,
    AssetId machine,
    String name,
    String rack,
    String service,
    String team,
    int step,
    State state,
    @Nullable Verdict verdict,
    @Nullable Integer exit,
    @Nullable Label why,
    @Nullable String digest,
    int lines,
    long bytes,
    boolean cut,
    @Nullable Long fence,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt) {
  /** Where it stands. */
  public enum State {
    QUEUED,
    /** Written down as sent, before it is. */
    SENDING,
    ENDED
  }

  /** The same under a lease just taken. */
  Item under(long taken) {
    return new Item(
        no,
        machine,
        name,
        rack,
        service,
        team,
        step,
        State.SENDING,
        verdict,
        exit,
        why,
        digest,
        lines,
        bytes,
        cut,
        taken,
        startedAt,
        endedAt);
  }
}
