package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.support.TestPostgres;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two processes on one job: one has it, and the other takes it up when that one is gone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JobNodesTest {
  private static final int MACHINES = 9;
  private static final String COMMAND = Machines.WRITE_DOWN + "sleep 0.4; echo done";
  private static final Order ORDER =
      new Order(
          List.of(3, 1_000),
          3,
          0,
          0,
          false,
          Duration.ZERO,
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          1);

  private JobBed bed;

  @BeforeAll
  void open() {
    bed = new JobBed(TestPostgres.fresh(), MACHINES, 77);
  }

  @AfterAll
  void close() {
    bed.close();
  }

  private List<String> holders(JobId job) {
    return bed.jdbc
        .sql("select distinct holder from batch.item where job_id = :job and holder is not null")
        .param("job", job.value())
        .query((rs, n) -> rs.getString(1))
        .list();
  }

  private long ended(JobId job) {
    return bed.items(job).stream().filter(item -> item.verdict() != null).count();
  }

  @Test
  void whatEndedLongAgoIsForgottenHoweverMuchThereIs() {
    for (int i = 0; i < 45; i++) bed.job(JobKind.COMMAND, COMMAND, ORDER);
    JobId young = bed.job(JobKind.COMMAND, COMMAND, ORDER);
    bed.jdbc
        .sql(
            "insert into batch.feed (job_id, no, kind, body) select job_id, no, 'OUT', 'said' from batch.item")
        .update();
    bed.jdbc
        .sql("insert into batch.effect (job_id, no, given) select job_id, no, '{}' from batch.item")
        .update();
    bed.jdbc
        .sql(
            "update batch.job set state = 'ENDED', outcome = 'DONE', ended_at = :at, rerun_of = nullif(id - 1, (select"
                + " min(id) - 1 from batch.job)) where id <> :young")
        .param("young", young.value())
        .param("at", Timestamp.from(bed.clock.instant().minus(Duration.ofDays(2))))
        .update();
    try (Engine engine = new Engine(bed.desk(Crash.none()))) {
      engine.tidy();
    }
    for (String table : List.of("job", "item", "feed", "effect"))
      assertThat(jobsIn(table)).as(table).containsExactly(young.value());
    bed.jdbc.sql("truncate batch.feed, batch.item, batch.job cascade").update();
  }

  private List<Long> jobsIn(String table) {
    String column = table.equals("job") ? "id" : "job_id";
    return bed.jdbc
        .sql("select distinct " + column + " from batch." + table)
        .query((rs, n) -> rs.getLong(1))
        .list();
  }

  @Test
  void whereNothingIsLeftToBeginNobodyIsAskedWhetherToGoOn() throws Exception {
    bed.machines.forget();
    int all = bed.machines.ids().size();
    Order strict =
        new Order(
            List.of(all),
            all,
            0,
            0,
            false,
            Duration.ZERO,
            Duration.ofMinutes(1),
            Duration.ofHours(1),
            0.2);
    JobId job = bed.job(JobKind.COMMAND, "sleep 1; exit 3", strict);
    try (Engine engine = new Engine(bed.desk(Crash.none()))) {
      bed.until("it ends", engine, () -> bed.ended(job));
    }
    assertThat(bed.now(job).outcome()).isEqualTo("DONE");
    assertThat(bed.items(job)).allMatch(item -> item.verdict() == Verdict.EXIT);
  }

  @Test
  void whileBothLiveOneOfThemHasTheWholeJobAndTheOtherGoesOnWhereItLeft() throws Exception {
    bed.machines.forget();
    JobId job = bed.job(JobKind.COMMAND, COMMAND, ORDER);
    Engine one = new Engine(bed.desk(Crash.none()));
    one.sweep();
    try (Engine two = new Engine(bed.desk(Crash.none()))) {
      bed.until(
          "some are done",
          one,
          () -> {
            two.sweep();
            return ended(job) >= 3;
          });
      assertThat(holders(job)).hasSize(1);

      one.close();
      Instant closed = bed.clock.instant();
      bed.until("it ends", two, () -> bed.ended(job));
      assertThat(bed.clock.instant()).as("no lease is left").isBefore(closed.plusSeconds(60));
    }

    assertThat(holders(job)).hasSize(2);
    bed.assertTrue(job, "two processes");
    assertThat(bed.items(job)).allMatch(item -> item.verdict() == Verdict.OK);
  }

  @Test
  void aProcessThatStoodStillLosesTheJobAndSendsNothingMore() throws Exception {
    bed.machines.forget();
    JobId job = bed.job(JobKind.COMMAND, COMMAND, ORDER);
    try (Engine still = new Engine(bed.desk(Crash.none()));
        Engine other = new Engine(bed.desk(Crash.none()))) {
      bed.until(
          "the first step is at work",
          still,
          () -> bed.items(job).stream().filter(i -> i.state() == Item.State.SENDING).count() == 3);
      bed.clock.forward(Duration.ofSeconds(11));
      other.sweep();
      bed.until("it ends", other, () -> bed.ended(job));
      bed.settle();
    }

    bed.assertTrue(job, "a process that stood still");
    assertThat(bed.items(job).stream().filter(i -> i.verdict() == Verdict.UNKNOWN))
        .as("what it had let out is in doubt, and nothing else")
        .hasSize(3);
    assertThat(bed.machines.journal()).hasSize(MACHINES);
  }
}
