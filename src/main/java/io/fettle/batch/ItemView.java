package io.fettle.batch;

import io.fettle.kernel.Label;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One machine of a job. */
record ItemView(
    int no,
    String machine,
    String asset,
    String rack,
    String team,
    int step,
    String state,
    @Nullable Verdict verdict,
    @Nullable Integer exit,
    @Nullable Label why,
    @Nullable String digest,
    int lines,
    long bytes,
    boolean cut,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt) {
  static ItemView of(Item i) {
    return new ItemView(
        i.no(),
        i.name(),
        i.machine().toString(),
        i.rack(),
        i.team(),
        i.step() + 1,
        i.state().name(),
        i.verdict(),
        i.exit(),
        i.why(),
        i.digest(),
        i.lines(),
        i.bytes(),
        i.cut(),
        i.startedAt(),
        i.endedAt());
  }
}
