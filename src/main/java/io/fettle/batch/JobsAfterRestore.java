package io.fettle.batch;

import io.fettle.batch.HeardTable.Piece;
import io.fettle.batch.ItemTable.Key;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AfterRestore;
import io.fettle.kernel.Label;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Jobs that had not ended when the backup was taken went on without this database: what they still
 * had to do may have run and is never sent from here, also where a second person had yet to agree;
 * and a time that has passed since is not made up for.
 */
@Component
class JobsAfterRestore implements AfterRestore {
  private static final Logger LOG = LoggerFactory.getLogger(JobsAfterRestore.class);

  private static final Actor BY = Actor.system("restore");

  private final Desk desk;
  private final Turns turns;

  JobsAfterRestore(Desk desk, Turns turns) {
    this.desk = desk;
    this.turns = turns;
  }

  @Override
  public void restored(Instant taken) {
    Instant at = taken.truncatedTo(ChronoUnit.SECONDS);
    Label doubt =
        new Label(
            "由 " + at + " 的备份恢复：此后可能已在这台机器上执行过；不会自动重发",
            "Restored from a backup of "
                + at
                + ": it may have run here since; it is never sent again by itself");
    Label missed =
        new Label(
            "由 " + at + " 的备份恢复：这一次可能已经执行过，没有补做",
            "Restored from a backup of "
                + at
                + ": it may have run since, so it was not made up for");
    desk.transactions()
        .executeWithoutResult(_ -> {
          List<Key> doubted = desk.items().restored(doubt, desk.now());
          desk.feed().add(doubted.stream().map(key -> Piece.end(key.job(), key.no())).toList());
          List<JobId> ended = desk.jobs().restored();
          for (JobId job : ended)
            desk.audit()
                .record(BY, "job.stopped", "job:" + job, doubt.en(), Map.of("backup", "" + taken));
          LOG.info("restored: jobs={} ended, items={} in doubt", ended.size(), doubted.size());
        });
    turns.restored(missed);
  }
}
