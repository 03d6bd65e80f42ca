package io.fettle.batch;

import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as it stands.
 *
 * @param body the exact text that is sent, or the name of the action
 * @param file name of the script's file as it was given
 * @param dry true when it only looks what an action would do
 * @param query what the list of machines was made from; the list itself is frozen
 * @param dangers names of the dangerous patterns in it
 * @param breakGlass why it was done without a second person; null when one agreed or none was asked
 * @param step which step is at work, from 0
 * @param pausedFor {@code STEP} or {@code FAILURES}; null unless PAUSED
 * @param origin where the text came from, and whether values of each machine go into it
 * @param undoOf the job whose changes it takes back
 * @param waits what it waits for at this moment, such as a permit; null while it gets on
 * @param outcome {@code DONE, STOPPED, REJECTED, OUT_OF_TIME}; null until it ended
 */
public record Job(
    JobId id,
    JobKind kind,
    String body,
    @Nullable String file,
    Map<String, Object> params,
    boolean root,
    boolean dry,
    String query,
    String reason,
    String by,
    JobState state,
    @Nullable String outcome,
    @Nullable String pausedFor,
    List<String> dangers,
    @Nullable String breakGlass,
    @Nullable String approvedBy,
    Order order,
    int step,
    @Nullable Instant goOnAt,
    int acceptedFailures,
    int machines,
    @Nullable JobId rerunOf,
    @Nullable JobId undoOf,
    @Nullable Label waits,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    Origin origin) {
  public Job {
    params = Map.copyOf(params);
    dangers = List.copyOf(dangers);
  }

  /** When nothing more of it is begun; null before it started. */
  @Nullable Instant deadline() {
    return startedAt == null ? null : startedAt.plus(order.total());
  }

  /** The same before its start, with what is dangerous in it agreed to by somebody earlier. */
  Job agreed(@Nullable String who) {
    return copy(query, JobState.RUNNING, who, createdAt);
  }

  /** For who sees only their own machines of it: a query may name those of others. */
  Job withoutQuery() {
    return copy("", state, approvedBy, startedAt);
  }

  private Job copy(
      String machinesOf, JobState now, @Nullable String agreedBy, @Nullable Instant begun) {
    return new Job(
        id,
        kind,
        body,
        file,
        params,
        root,
        dry,
        machinesOf,
        reason,
        by,
        now,
        outcome,
        pausedFor,
        dangers,
        breakGlass,
        agreedBy,
        order,
        step,
        goOnAt,
        acceptedFailures,
        machines,
        rerunOf,
        undoOf,
        waits,
        createdAt,
        begun,
        endedAt,
        origin);
  }
}
