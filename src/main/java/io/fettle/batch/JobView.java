package io.fettle.batch;

import io.fettle.kernel.Label;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as JSON.
 *
 * @param step which of the steps is at work, from 1
 * @param steps up to how many machines each goes
 * @param missed machines on which surely nothing ran
 * @param rerunnable how many of these no later job has run; told of one job
 * @param libraryPath of the script in the library; null when the text was typed
 * @param saved name of the saved job that it was started from
 * @param variables true when values of each machine go into the text
 * @param rerunnableVerdicts the same by verdict, also those that are only run again by name
 * @param verdicts how many machines ended how
 * @param waits what it waits for at this moment
 * @param undoable on how many machines it changed something that can be put back; told of one job
 */
record JobView(
    String id,
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
    List<Integer> steps,
    int step,
    int width,
    int perRack,
    int perService,
    boolean ask,
    long pauseSeconds,
    long limitSeconds,
    long totalSeconds,
    double stopShare,
    int machines,
    int queued,
    int sending,
    int ended,
    int failures,
    int missed,
    int rerunnable,
    Map<String, Integer> rerunnableVerdicts,
    Map<String, Integer> verdicts,
    @Nullable String rerunOf,
    List<String> reruns,
    @Nullable String undoOf,
    List<String> undos,
    int undoable,
    @Nullable Label waits,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String libraryPath,
    @Nullable String libraryCommit,
    @Nullable String saved,
    boolean variables) {
  static JobView of(Job job, Jobs.Counts counts) {
    return of(job, counts, new Jobs.Counts(0, 0, Map.of()), List.of(), List.of(), 0);
  }

  static JobView of(
      Job job,
      Jobs.Counts counts,
      Jobs.Counts rerunnable,
      List<String> reruns,
      List<String> undos,
      int undoable) {
    Order order = job.order();
    return new JobView(
        job.id().toString(),
        job.kind(),
        job.body(),
        job.file(),
        job.params(),
        job.root(),
        job.dry(),
        job.query(),
        job.reason(),
        job.by(),
        job.state(),
        job.outcome(),
        job.pausedFor(),
        job.dangers(),
        job.breakGlass(),
        job.approvedBy(),
        order.steps(),
        job.step() + 1,
        order.width(),
        order.perRack(),
        order.perService(),
        order.ask(),
        order.pause().toSeconds(),
        order.limit().toSeconds(),
        order.total().toSeconds(),
        order.stopShare(),
        job.machines(),
        counts.queued(),
        counts.sending(),
        counts.ended(),
        counts.failures(),
        counts.missed(),
        rerunnable.missed(),
        BatchApi.named(rerunnable),
        BatchApi.named(counts),
        name(job.rerunOf()),
        reruns,
        name(job.undoOf()),
        undos,
        undoable,
        job.waits(),
        job.createdAt(),
        job.startedAt(),
        job.endedAt(),
        job.origin().path(),
        job.origin().commit(),
        job.origin().saved(),
        job.origin().filled());
  }

  private static @Nullable String name(@Nullable JobId id) {
    return id == null ? null : id.toString();
  }
}
