package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.monitoring.Maintenance;
import io.fettle.reach.Reach;
import io.fettle.remediation.FakeRegister;
import io.fettle.remediation.action.BulkLeases;
import io.fettle.support.TestPostgres;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.unit.DataSize;

/**
 * The process dies at each numbered point of the way an item takes, and a new one starts on the
 * same database. The truth is the journal on the disk of a real sshd's machines.
 */
class CrashTest {
  private static final int MACHINES = 8;
  private static final int ROUNDS = Integer.getInteger("fettle.batch.crashes", 1);

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

  /** The real leases need remediation's own rows; here a machine is simply free or not. */
  private static final class OpenLeases implements BulkLeases {
    private final Map<AssetId, Long> fences = new HashMap<>();

    @Override
    public Optional<Label> barred() {
      return Optional.empty();
    }

    @Override
    public synchronized Map<AssetId, Long> take(Collection<AssetId> machines, Instant until) {
      Map<AssetId, Long> taken = new HashMap<>();
      machines.forEach(m -> taken.put(m, fences.merge(m, 1L, Long::sum)));
      return taken;
    }

    @Override
    public void end(Map<AssetId, Long> ended) {}

    @Override
    public Set<AssetId> taken(Collection<AssetId> machines) {
      return Set.of();
    }
  }

  private final DataSource database = TestPostgres.fresh();
  private final JdbcClient jdbc = JdbcClient.create(database);
  private final TransactionTemplate transactions =
      new TransactionTemplate(new DataSourceTransactionManager(database));
  private final BulkLeases leases = new OpenLeases();
  private final Set<Crash.Point> died = EnumSet.noneOf(Crash.Point.class);

  @Test
  void noDeathRunsAMachineTwiceOrSaysWhatIsNotSo() throws Exception {
    Random random = new Random(20_261_123);
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
      if (!(e instanceof Killed)) e.printStackTrace();
    });
    try (Machines machines = new Machines(MACHINES, 71)) {
      for (Crash.Point point : Crash.Point.values())
        for (int round = 0; round < ROUNDS; round++)
          dieAndComeBack(machines, point, point == LAST ? 1 : 1 + random.nextInt(2));
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(died).containsExactlyInAnyOrder(Crash.Point.values());
  }

  /** As when the database gives no connection to whoever looks up the machine's address. */
  @Test
  void whatBreaksInFettleItselfIsTriedAgainUnlessItWasLetOutBefore() throws Exception {
    try (Machines machines = new Machines(MACHINES, 71)) {
      AssetId before = machines.ids().get(2);
      AssetId after = machines.ids().get(3);
      Set<AssetId> broken = ConcurrentHashMap.newKeySet();
      Reach reach =
          (Reach)
              Proxy.newProxyInstance(
                  CrashTest.class.getClassLoader(),
                  new Class<?>[] {Reach.class},
                  (proxy, method, arguments) -> {
                    AssetId machine = (AssetId) arguments[0];
                    boolean first = broken.add(machine);
                    if (machine.equals(before) && first)
                      throw new CannotGetJdbcConnectionException("none is free");
                    Object outcome = method.invoke(machines, arguments);
                    if (machine.equals(after))
                      throw new CannotGetJdbcConnectionException("none is free");
                    return outcome;
                  });
      JobId job = job(machines);
      Desk desk = desk(reach, Crash.none());
      try (Engine engine = new Engine(desk)) {
        long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (desk.jobs().find(job).orElseThrow().state() != JobState.ENDED) {
          assertThat(System.nanoTime()).as("stuck").isLessThan(until);
          engine.sweep();
          TimeUnit.MILLISECONDS.sleep(20);
        }
      }
      check(machines, desk, job, "broken");
      assertThat(desk.views().counts(job, null).verdicts())
          .isEqualTo(Map.of(Verdict.OK, MACHINES - 1, Verdict.UNKNOWN, 1));
      assertThat(machines.journal()).containsEntry(machines.host(after), 1);
    }
  }

  private void dieAndComeBack(Machines machines, Crash.Point point, int passings)
      throws InterruptedException {
    machines.forget();
    JobId job = job(machines);
    Death death = new Death(point, passings);
    Engine first = new Engine(desk(machines, death));
    first.sweep();
    boolean dead = death.happened.await(20, TimeUnit.SECONDS);
    if (dead) died.add(point);
    first.die();

    Desk desk = desk(machines, Crash.none());
    Engine second = new Engine(desk);
    try {
      long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (desk.jobs().find(job).orElseThrow().state() != JobState.ENDED) {
        assertThat(System.nanoTime()).as("stuck after " + point).isLessThan(until);
        second.sweep();
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } finally {
      second.close();
    }
    settle(machines, desk, job);
    check(machines, desk, job, point + " " + passings);
  }

  /**
   * What the dead process had let out goes on on the machine: its journal is read when it is done.
   */
  private static void settle(Machines machines, Desk desk, JobId job) throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      if (machines.sshd.sh("pgrep -u bat -c sh || true").strip().equals("0")) return;
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static void check(Machines machines, Desk desk, JobId job, String when) {
    Map<String, Integer> journal = machines.journal();
    List<Item> items = desk.views().items(job, null, new Jobs.ItemFilter("", "", ""), -1, 100);
    assertThat(items).hasSize(MACHINES);
    List<String> wrong = new ArrayList<>();
    for (Item item : items) {
      int ran = journal.getOrDefault(machines.host(item.machine()), 0);
      String said = new StoredOutput(desk).of(job, item.no());
      boolean right =
          switch (String.valueOf(item.verdict())) {
            case "OK" -> ran == 1 && said.equals("done\n");
            case "UNKNOWN" -> ran <= 1;
            case "NOT_STARTED" -> ran == 0;
            default -> false;
          };
      if (!right) wrong.add(item.name() + " " + item.verdict() + " ran " + ran + " said " + said);
    }
    assertThat(wrong).as(when + ", journal " + journal).isEmpty();
    assertThat(desk.jobs().find(job).orElseThrow().outcome()).isEqualTo("DONE");
  }

  /** Output as it stands in the table. */
  private record StoredOutput(Desk desk) {
    String of(JobId job, int no) {
      StringBuilder text = new StringBuilder();
      desk.feed().of(job, no).forEach(h -> text.append(h.body()));
      return text.toString();
    }
  }

  private JobId job(Machines machines) {
    Duration minute = Duration.ofMinutes(1);
    Order order =
        new Order(List.of(1, 4, MACHINES), 4, 0, 0, false, Duration.ZERO, minute, minute, 1);
    Instant now = Clock.systemUTC().instant();
    Job job =
        new Job(
            new JobId(0),
            JobKind.COMMAND,
            Machines.WRITE_DOWN + "sleep 0.05; echo done",
            null,
            Map.of(),
            false,
            false,
            "q",
            "test",
            "person:t",
            JobState.RUNNING,
            null,
            null,
            List.of(),
            null,
            null,
            order,
            0,
            null,
            0,
            MACHINES,
            null,
            now,
            now,
            null,
            Origin.TYPED);
    JobTable jobs = new JobTable(jdbc);
    JobId id = jobs.add(job);
    List<Item> items = new ArrayList<>();
    for (AssetId machine : machines.ids())
      items.add(
          new Item(
              items.size(),
              machine,
              "M" + items.size(),
              "",
              "",
              "",
              order.stepOf(items.size()),
              Item.State.QUEUED,
              null,
              null,
              null,
              null,
              0,
              0,
              false,
              null,
              null,
              null));
    new ItemTable(jdbc).add(id, items, now);
    return id;
  }

  private Desk desk(Reach machines, Crash crash) {
    Maintenance none =
        (Maintenance)
            Proxy.newProxyInstance(
                CrashTest.class.getClassLoader(),
                new Class<?>[] {Maintenance.class},
                (proxy, method, arguments) -> Map.of());
    return new Desk(
        new JobTable(jdbc),
        new ItemTable(jdbc),
        new HeardTable(jdbc),
        new ViewTable(jdbc),
        new ValueTable(jdbc),
        new FakeRegister(),
        machines,
        none,
        leases,
        Map.of(),
        (who, action, object, reason, details) -> {},
        event -> {},
        transactions,
        settings(),
        Clock.systemUTC(),
        crash,
        "node-" + UUID.randomUUID());
  }

  private static BatchSettings settings() {
    return new BatchSettings(
        Duration.ofMillis(50),
        Duration.ofMillis(200),
        Duration.ofSeconds(30),
        Duration.ofSeconds(2),
        50,
        1_000,
        64,
        "100%",
        0.2,
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        DataSize.ofKilobytes(64),
        Duration.ofDays(1),
        Path.of("none"));
  }
}
