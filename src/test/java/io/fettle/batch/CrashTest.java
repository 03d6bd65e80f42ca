package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.AssetId;
import io.fettle.reach.Reach;
import io.fettle.remediation.TestLeases;
import io.fettle.support.TestPostgres;
import io.fettle.transport.ssh.SshOutcome;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

/**
 * The process dies at each numbered point of the way an item takes, and a new one starts on the
 * same database. The truth is the journal on the disk of a real sshd's machines; no death keeps a
 * place in the budget of repairs.
 */
class CrashTest {
  private static final int MACHINES = 8;
  private static final int ROUNDS = Integer.getInteger("fettle.batch.crashes", 1);
  private static final Order STEPS =
      new Order(
          List.of(1, 4, MACHINES),
          4,
          0,
          0,
          false,
          Duration.ZERO,
          Duration.ofMinutes(1),
          Duration.ofHours(2),
          1);

  private static final String COMMAND = Machines.WRITE_DOWN + "sleep 0.05; echo done";

  /** Where the death of an action may cost a place in a budget. */
  private static final Set<Crash.Point> UNDER_PERMITS =
      EnumSet.of(
          Crash.Point.INSIDE_START,
          Crash.Point.AFTER_START,
          Crash.Point.AFTER_SEND,
          Crash.Point.INSIDE_END);

  private static final Crash.Point LAST = Crash.Point.INSIDE_FINISH;

  /** The process is gone; nothing of it runs any more. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  /** Dies at the n-th passing of a point, and stays dead. */
  private static final class Death implements Crash {
    private final Point point;
    private final CountDownLatch happened = new CountDownLatch(1);
    private int left;

    Death(Point point, int passings) {
      this.point = point;
      this.left = passings;
    }

    @Override
    public synchronized void at(Point here) {
      boolean dead = happened.getCount() == 0;
      if (!dead && (here != point || --left > 0)) return;
      happened.countDown();
      throw new Killed();
    }
  }

  private final Set<Crash.Point> died = EnumSet.noneOf(Crash.Point.class);

  @Test
  void noDeathRunsAMachineTwiceOrSaysWhatIsNotSoOrKeepsAPermit() throws Exception {
    Random random = new Random(20_261_123);
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
      if (!(e instanceof Killed)) e.printStackTrace();
    });
    try (JobBed bed = new JobBed(TestPostgres.fresh(), MACHINES, 71)) {
      for (int round = 0; round < ROUNDS; round++) {
        for (Crash.Point point : Crash.Point.values())
          dieAndComeBack(bed, JobKind.COMMAND, point, point == LAST ? 1 : 1 + random.nextInt(2));
        for (Crash.Point point : UNDER_PERMITS)
          dieAndComeBack(bed, JobKind.ACTION, point, 1 + random.nextInt(2));
      }
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(died).containsExactlyInAnyOrder(Crash.Point.values());
  }

  /** As when the database gives no connection to whoever looks up the machine's address. */
  @Test
  void whatBreaksInFettleItselfIsTriedAgainUnlessItWasLetOutBefore() throws Exception {
    try (JobBed bed = new JobBed(TestPostgres.fresh(), MACHINES, 71)) {
      AssetId before = bed.machines.ids().get(2);
      AssetId after = bed.machines.ids().get(3);
      Set<AssetId> broken = ConcurrentHashMap.newKeySet();
      Reach reach =
          (Reach)
              Proxy.newProxyInstance(
                  CrashTest.class.getClassLoader(),
                  new Class<?>[] {Reach.class},
                  (proxy, method, arguments) -> {
                    if (!(arguments[0] instanceof AssetId machine))
                      throw new CannotGetJdbcConnectionException("none is free");
                    boolean first = broken.add(machine);
                    if (machine.equals(before) && first)
                      throw new CannotGetJdbcConnectionException("none is free");
                    Object outcome = method.invoke(bed.machines, arguments);
                    if (machine.equals(after))
                      throw new CannotGetJdbcConnectionException("none is free");
                    return outcome;
                  });
      for (JobKind kind : List.of(JobKind.COMMAND, JobKind.ACTION)) {
        broken.clear();
        bed.machines.forget();
        JobId job = bed.job(kind, kind == JobKind.ACTION ? "test.touch" : COMMAND, STEPS);
        try (Engine engine = new Engine(bed.desk(reach, Crash.none()))) {
          bed.until("stuck", engine, () -> bed.ended(job));
        }
        bed.assertTrue(job, "broken " + kind);
        assertThat(new ViewTable(bed.jdbc).counts(job, null).verdicts())
            .isEqualTo(Map.of(Verdict.OK, MACHINES - 1, Verdict.UNKNOWN, 1));
        assertThat(bed.machines.journal()).containsEntry(bed.machines.host(after), 1);
      }
    }
  }

  /** Visits and other jobs may have all the places that a subnet has. */
  @Test
  void aMachineForWhichNoPlaceIsFreeWaitsForOne() throws Exception {
    try (JobBed bed = new JobBed(TestPostgres.fresh(), MACHINES, 71)) {
      Set<AssetId> crowded = ConcurrentHashMap.newKeySet();
      Reach reach =
          (Reach)
              Proxy.newProxyInstance(
                  CrashTest.class.getClassLoader(),
                  new Class<?>[] {Reach.class},
                  (proxy, method, arguments) -> {
                    if (method.getName().equals("near")) return proxy;
                    boolean first = arguments[0] instanceof AssetId one && crowded.add(one);
                    return first
                        ? new SshOutcome.Failed(SshOutcome.Kind.BUSY, "a test's", Duration.ZERO)
                        : method.invoke(bed.machines, arguments);
                  });
      JobId job = bed.job(JobKind.COMMAND, COMMAND, STEPS);
      try (Engine engine = new Engine(bed.desk(reach, Crash.none()))) {
        bed.until("stuck", engine, () -> bed.ended(job));
      }
      bed.assertTrue(job, "crowded");
      assertThat(new ViewTable(bed.jdbc).counts(job, null).verdicts())
          .isEqualTo(Map.of(Verdict.OK, MACHINES));
    }
  }

  /** No second start is needed: what was on its way is told truly, the rest goes on. */
  @Test
  void anErrorAtAnyPointRunsNothingTwiceAndLeavesNothingOpen() throws Exception {
    try (JobBed bed = new JobBed(TestPostgres.fresh(), MACHINES, 71)) {
      for (Crash.Point point : Crash.Point.values()) {
        bed.machines.forget();
        bed.clock.forward(Duration.ofMinutes(5));
        AtomicInteger passings = new AtomicInteger();
        Crash once =
            here -> {
              if (here == point && passings.incrementAndGet() == 1)
                throw new OutOfMemoryError("a test's");
            };
        JobId job = bed.job(JobKind.COMMAND, COMMAND, STEPS);
        try (Engine engine = new Engine(bed.desk(once))) {
          bed.until("stuck after " + point, engine, () -> bed.ended(job));
        }
        bed.settle();
        bed.assertTrue(job, "an error " + point);
        assertThat(passings.get()).as("%s", point).isPositive();
        int doubts =
            new ViewTable(bed.jdbc).counts(job, null).verdicts().getOrDefault(Verdict.UNKNOWN, 0);
        boolean ofOneMachine =
            EnumSet.of(Crash.Point.BEFORE_SEND, Crash.Point.AFTER_SEND).contains(point);
        assertThat(doubts).as("%s", point).isEqualTo(ofOneMachine ? 1 : 0);
        assertThat(bed.permits.places()).isZero();
      }
    }
  }

  private void dieAndComeBack(JobBed bed, JobKind kind, Crash.Point point, int passings)
      throws InterruptedException {
    String when = kind + " " + point + " " + passings;
    bed.machines.forget();
    bed.clock.forward(Duration.ofMinutes(5));
    JobId job = bed.job(kind, kind == JobKind.ACTION ? "test.touch" : COMMAND, STEPS);
    Death death = new Death(point, passings);
    Engine first = new Engine(bed.desk(death));
    for (int i = 0; i < 1_000; i++) {
      first.sweep();
      if (death.happened.await(20, TimeUnit.MILLISECONDS)) break;
    }
    if (death.happened.getCount() == 0) died.add(point);
    first.die();
    bed.clock.forward(Duration.ofMinutes(3));

    AtomicInteger most = new AtomicInteger();
    Desk desk =
        bed.desk(here -> {
          if (here == Crash.Point.BEFORE_SEND)
            most.accumulateAndGet(bed.permits.places(), Math::max);
        });
    Engine second = new Engine(desk);
    try {
      bed.until("stuck after " + when, second, () -> bed.ended(job));
    } finally {
      second.close();
    }
    bed.settle();
    bed.assertTrue(job, when);
    assertThat(bed.now(job).outcome()).isEqualTo("DONE");
    assertThat(bed.permits.places()).as("places after " + when).isZero();
    assertThat(most.get()).as("places at once, " + when).isLessThanOrEqualTo(TestLeases.JOBS);
    if (kind == JobKind.ACTION && point.ordinal() < Crash.Point.BEFORE_SEND.ordinal())
      assertThat(most.get()).as("places are counted, " + when).isPositive();
  }
}
