package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.platform.Migrations;
import io.fettle.platform.postgres.EmbeddedPostgres;
import io.fettle.support.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.util.FileSystemUtils;

/**
 * PostgreSQL stops in the middle of a job and comes back: what was at work is told truly, what was
 * not goes on, nothing runs twice.
 */
class JobOutageTest {
  private static final int MACHINES = 12;
  private static final Order ORDER =
      new Order(
          List.of(1_000),
          3,
          0,
          0,
          false,
          Duration.ZERO,
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          1);

  @Test
  void aJobOutlivesItsDatabase() throws Exception {
    Path home = Files.createTempDirectory(Path.of("/tmp"), "fettle-job-outage-");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    EmbeddedPostgres.Options options =
        new EmbeddedPostgres.Options(
            List.of("fsync=off"), TestPostgres.sharedBinaries(), what -> {}, false);
    EmbeddedPostgres server = EmbeddedPostgres.start(home, options);
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(server.url());
    source.setConnectTimeout(1);
    source.setUser(server.user());
    source.setPassword(server.password());
    Migrations.run(source);
    try (JobBed bed = new JobBed(source, MACHINES, 78);
        Engine engine = new Engine(bed.desk(Crash.none()))) {
      JobId job = bed.job(JobKind.COMMAND, Machines.WRITE_DOWN + "sleep 0.5; echo done", ORDER);
      bed.until("some are done", engine, () -> ended(bed, job) >= 2);
      server.close();
      bed.settle();
      int before = bed.machines.journal().size();
      for (int i = 0; i < 3; i++) sweep(engine);
      assertThat(bed.machines.journal()).as("nothing begins without it").hasSize(before);
      assertThat(before).isLessThan(MACHINES);

      server = EmbeddedPostgres.start(home, options);
      source.setUrl(server.url());
      for (int i = 0; i < 100 && !sweep(engine); i++) TimeUnit.MILLISECONDS.sleep(100);
      bed.until("it ends", engine, () -> bed.ended(job));
      bed.assertTrue(job, "an outage");
      assertThat(bed.now(job).outcome()).isEqualTo("DONE");
      assertThat(bed.items(job)).allMatch(item -> item.verdict() == Verdict.OK);
    } finally {
      server.close();
      FileSystemUtils.deleteRecursively(home);
    }
  }

  private static long ended(JobBed bed, JobId job) {
    return bed.items(job).stream().filter(item -> item.verdict() != null).count();
  }

  private static boolean sweep(Engine engine) {
    try {
      engine.sweep();
      return true;
    } catch (DataAccessException | TransactionException e) {
      return false;
    }
  }
}
