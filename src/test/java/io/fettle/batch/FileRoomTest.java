package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fettle.kernel.Problem;
import io.fettle.support.Shell;
import io.fettle.support.TestPostgres;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.unit.DataSize;

/** What files of jobs take of Fettle's own disk, and how long they stay there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FileRoomTest {
  @TempDir private Path folder;

  private JobBed bed;

  @BeforeAll
  void open() {
    bed = new JobBed(TestPostgres.fresh(), 1, 85, "Subsystem sftp internal-sftp");
  }

  @AfterAll
  void close() {
    bed.close();
  }

  @Test
  void theDatabasesLastRoomIsNotTaken() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root mounts a small disk");
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        shell("mount", "-t", "tmpfs", "-o", "size=520m", "tmpfs", disk.toString()) == 0,
        "no small disk here");
    try {
      FileStore store =
          new FileStore(new MockEnvironment().withProperty("fettle.home", disk.toString()));
      bed.add(
          new FileGet(store, new FileSettings(DataSize.ofMegabytes(9), DataSize.ofMegabytes(9))));
      bed.machines.sshd.sh("truncate -s 1M /home/bat/fits; truncate -s 5M /home/bat/large");

      assertThat(got("/home/bat/fits").verdict()).isEqualTo(Verdict.OK);
      Item refused = got("/home/bat/large");
      assertThat(refused.verdict()).isEqualTo(Verdict.FAILED);
      assertThat(String.valueOf(refused.why())).contains("512 MB are the database's");
      assertThatThrownBy(() -> store.take(new ByteArrayInputStream(new byte[9 << 20]), 9 << 20))
          .isInstanceOf(Problem.class)
          .hasMessageContaining("512 MB are the database's");
      try (Stream<Path> left = Files.list(disk.resolve("files"))) {
        assertThat(left.filter(f -> f.toString().endsWith(".tmp"))).isEmpty();
      }
    } finally {
      shell("umount", disk.toString());
    }
  }

  private static int shell(String... command) {
    return Shell.tryRun(List.of(command)).exit();
  }

  private Item got(String path) throws Exception {
    JobId job = bed.job(JobKind.ACTION, FileGet.NAME, Map.of("path", path), JobBed.PLAIN);
    try (Engine engine = new Engine(bed.desk(Crash.none()))) {
      bed.until("it ends", engine, () -> bed.ended(job));
    }
    return bed.items(job).getFirst();
  }

  @Test
  void whatAJobOrASavedJobOrARunbookNamesStays() {
    FileTable table = new FileTable(bed.jdbc);
    Instant now = bed.clock.instant();
    for (String one : List.of("a", "b", "c", "d"))
      table.add(new FileTable.Given(one.repeat(64), one, 1), "person:t", now);
    bed.job(JobKind.ACTION, FilePut.NAME, Map.of("file", "a".repeat(64)), JobBed.PLAIN);
    bed.jdbc
        .sql(
            """
            insert into batch.saved_job (name, version, wish, parameters, most, roles, teams, dangers,
              by_whom, at) values ('s', 1, :wish::jsonb, '[]', 1, '[]', '[]', '[]', 'person:t', now())
            """)
        .param("wish", Columns.json(wish(Map.of("file", "b".repeat(64)))))
        .update();

    assertThat(table.forget(now.plus(Duration.ofDays(1)), List.of("c".repeat(64)))).isOne();

    assertThat(List.of("a", "b", "c")).allMatch(one -> table.find(one.repeat(64)).isPresent());
    assertThat(table.find("d".repeat(64))).isEmpty();
  }

  private static Wish wish(Map<String, Object> params) {
    return new Wish(
        JobKind.ACTION,
        FilePut.NAME,
        null,
        params,
        false,
        false,
        "q",
        "a test",
        null,
        null,
        null,
        null,
        false,
        null,
        null,
        null,
        null,
        null,
        null,
        Origin.TYPED);
  }
}
