package io.fettle.batch;

import io.fettle.kernel.Actor;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Moves of a job that its driver makes: the next step, a pause, the end; each on the record. */
final class Finish {
  private static final Actor BATCH = Actor.system("batch");

  private final Desk desk;

  Finish(Desk desk) {
    this.desk = desk;
  }

  /** Nothing of this step is left: the next one, a question, or the end; true at the end. */
  boolean step(Job job, int failures) {
    if (job.order().lastStep(job.step())) return end(job, JobState.RUNNING, "DONE");
    if (job.order().ask()) {
      pause(job, "STEP", failures);
      return false;
    }
    Instant goOn = desk.now().plus(job.order().pause());
    desk.transactions()
        .executeWithoutResult(t ->
            desk.jobs().nextStep(job.id(), job.step(), job.order().pause().isZero() ? null : goOn));
    desk.changed(job.id());
    return false;
  }

  void pause(Job job, String why, int failures) {
    desk.transactions()
        .executeWithoutResult(t -> {
          if (desk.jobs().move(job.id(), JobState.RUNNING, JobState.PAUSED, why))
            desk.audit()
                .record(
                    BATCH,
                    "job.paused",
                    "job:" + job.id(),
                    null,
                    Map.of("for", why, "step", job.step() + 1, "failures", failures));
        });
    desk.changed(job.id());
  }

  /** False when somebody else moved it first, or some item is not at its end. */
  boolean end(Job job, JobState from, String outcome) {
    Boolean ended =
        desk.transactions()
            .execute(t -> {
              if (!desk.jobs().end(job.id(), from, outcome, desk.now())) return false;
              Map<String, Object> details = new LinkedHashMap<>();
              details.put("outcome", outcome);
              desk.views()
                  .counts(job.id(), null)
                  .verdicts()
                  .forEach((verdict, n) -> details.put(verdict.name(), n));
              desk.audit().record(BATCH, "job.ended", "job:" + job.id(), null, details);
              desk.crash().at(Crash.Point.INSIDE_FINISH);
              return true;
            });
    desk.changed(job.id());
    return Boolean.TRUE.equals(ended);
  }
}
