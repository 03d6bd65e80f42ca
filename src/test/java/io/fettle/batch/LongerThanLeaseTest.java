package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Label;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import io.fettle.support.TestPostgres;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;

/** What is at work for longer than a lease says that its first byte may leave. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LongerThanLeaseTest {
  private static final Duration LEASE = Duration.ofSeconds(1);

  /** The look before and two log-ins have to fit in, on a busy machine too. */
  private static final Duration LOGGED_IN = Duration.ofSeconds(3);

  @TempDir private Path home;

  private JobBed bed;
  private Path slow;

  @BeforeAll
  void open() throws Exception {
    slow = Files.createTempFile(Path.of("/var/tmp"), "slow-sftp-", ".sh");
    Files.writeString(
        slow,
        "{ for i in 1 2 3; do dd bs=64k count=1 2>/dev/null; sleep 1.05; done; cat; } |"
            + " /usr/lib/openssh/sftp-server\n");
    Files.setPosixFilePermissions(slow, PosixFilePermissions.fromString("rw-r--r--"));
    bed = new JobBed(TestPostgres.fresh(), 1, 84, "Subsystem sftp /bin/sh " + slow);
  }

  @AfterAll
  void close() throws Exception {
    bed.close();
    Files.delete(slow);
  }

  private Item ended(JobId job, Engine engine) throws Exception {
    bed.until("it ends", engine, () -> bed.ended(job));
    return bed.items(job).getFirst();
  }

  @Test
  void aFileThatTakesLongerOnItsWayIsPut() throws Exception {
    bed.lease = LOGGED_IN;
    FileStore store =
        new FileStore(new MockEnvironment().withProperty("fettle.home", home.toString()));
    byte[] content = "0123456789".repeat(20_000).getBytes(StandardCharsets.UTF_8);
    String sha256 = store.take(new ByteArrayInputStream(content), content.length).sha256();
    bed.add(new FilePut(store));
    JobId job =
        bed.job(
            JobKind.ACTION,
            FilePut.NAME,
            Map.of("file", sha256, "to", "/home/bat/put"),
            JobBed.PLAIN);

    long begun = System.nanoTime();
    try (Engine engine = new Engine(bed.desk(Crash.none()))) {
      Set<String> modes = new HashSet<>();
      bed.until(
          "it ends",
          engine,
          () -> {
            modes.addAll(
                bed.machines
                    .sshd
                    .sh(
                        "find /tmp -maxdepth 1 -name '.fettle-*' -user bat -printf '%m\\n' 2>/dev/null || true")
                    .lines()
                    .toList());
            return bed.ended(job);
          });
      assertThat(modes).as("on its way it is nobody else's to read").containsExactly("600");
      Item item = bed.items(job).getFirst();
      assertThat(item.verdict()).as(item.toString()).isEqualTo(Verdict.OK);
    }

    assertThat(System.nanoTime() - begun).isGreaterThan(LOGGED_IN.toNanos());
    assertThat(bed.machines.sshd.sh("stat -c %s /home/bat/put")).isEqualTo(content.length + "\n");
  }

  @Test
  void nothingFollowsOnceAnotherProcessHasTheJob() throws Exception {
    bed.lease = LEASE;
    Halves halves = new Halves();
    bed.add(halves);
    JobId job = bed.job(JobKind.ACTION, halves.name(), JobBed.PLAIN);
    try (Engine still = new Engine(bed.desk(Crash.none()));
        Engine other = new Engine(bed.desk(Crash.none()))) {
      bed.until("it is half-way", still, () -> halves.first.get() == 1);
      bed.clock.forward(Duration.ofSeconds(11));
      assertThat(ended(job, other).verdict()).isEqualTo(Verdict.UNKNOWN);
      halves.goOn.countDown();
      assertThat(halves.over.await(20, TimeUnit.SECONDS)).isTrue();
    }

    assertThat(halves.second).hasValue(0);
  }

  /** Lets something out twice, the second time after the lease's time at the earliest. */
  private static final class Halves implements Action {
    private final AtomicInteger first = new AtomicInteger();
    private final AtomicInteger second = new AtomicInteger();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    @Override
    public String name() {
      return "test.halves";
    }

    @Override
    public Label label() {
      return Label.same(name());
    }

    @Override
    public Effect effect() {
      return Effect.REVERSIBLE;
    }

    @Override
    public Idempotence idempotence() {
      return Idempotence.NONE;
    }

    @Override
    public Duration timeLimit() {
      return Duration.ofSeconds(30);
    }

    @Override
    public Optional<Label> refuses(ActionContext context) {
      return Optional.empty();
    }

    @Override
    public Result run(ActionContext context) {
      long begun = System.nanoTime();
      try {
        if (context.mayLeave()) first.incrementAndGet();
        assertThat(goOn.await(20, TimeUnit.SECONDS)).isTrue();
        TimeUnit.NANOSECONDS.sleep(begun + LEASE.plusMillis(100).toNanos() - System.nanoTime());
        if (context.mayLeave()) second.incrementAndGet();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        over.countDown();
      }
      return new Result.Done(Label.same("both"));
    }

    @Override
    public Presence probe(ActionContext context) {
      return Presence.PRESENT;
    }
  }
}
