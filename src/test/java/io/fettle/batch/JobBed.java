package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.monitoring.Maintenance;
import io.fettle.reach.Reach;
import io.fettle.remediation.FakeRegister;
import io.fettle.remediation.TestLeases;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.ActionContext;
import io.fettle.remediation.action.BulkLeases;
import io.fettle.support.SettableClock;
import io.fettle.transport.ssh.SshCommand;
import io.fettle.transport.ssh.SshOutcome;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.unit.DataSize;

/**
 * A batch room on a real database, under the real leases and budgets of repairs, with machines of
 * one real sshd in two racks. Any number of processes may work on it.
 */
final class JobBed implements AutoCloseable {
  static final Order PLAIN =
      new Order(
          List.of(1_000),
          4,
          0,
          0,
          false,
          Duration.ZERO,
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          1);

  final SettableClock clock = new SettableClock(Clock.systemUTC().instant());
  final FakeRegister register = new FakeRegister();
  final Map<String, Action> actions = new HashMap<>();
  final JdbcClient jdbc;
  final Machines machines;
  final TestLeases permits;

  /** How long an item's first command may still leave. */
  Duration lease = Duration.ofSeconds(30);

  private final HikariDataSource pool;
  private final TransactionTemplate transactions;
  private final BulkLeases leases;

  /**
   * A bed.
   *
   * @param sshd further lines of its sshd_config
   */
  JobBed(DataSource database, int count, int network, String... sshd) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(database);
    config.setMaximumPoolSize(12);
    config.setConnectionTimeout(1_000);
    pool = new HikariDataSource(config);
    jdbc = JdbcClient.create(pool);
    transactions = new TransactionTemplate(new DataSourceTransactionManager(pool));
    machines = new Machines(count, network, i -> register.add("M" + i, "R" + i % 2, ""), sshd);
    permits = new TestLeases(jdbc, clock);
    leases = permits.leases(register);
    add(touch("test.touch", Action.Presence.PRESENT));
  }

  void add(Action action) {
    actions.put(action.name(), action);
  }

  /** A job over all machines, ready to be taken up. */
  JobId job(JobKind kind, String body, Order order) {
    return job(kind, body, Map.of(), order);
  }

  JobId job(JobKind kind, String body, Map<String, Object> params, Order order) {
    Instant now = clock.instant();
    int count = machines.ids().size();
    List<Integer> steps = order.steps().stream().map(s -> Math.min(s, count)).distinct().toList();
    Order fitted =
        new Order(
            steps,
            order.width(),
            order.perRack(),
            order.perService(),
            order.ask(),
            order.pause(),
            order.limit(),
            order.total(),
            order.stopShare());
    Job job =
        new Job(
            new JobId(0),
            kind,
            body,
            null,
            params,
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
            fitted,
            0,
            null,
            0,
            count,
            null,
            null,
            null,
            now,
            now,
            null,
            Origin.TYPED);
    JobId id = new JobTable(jdbc).add(job);
    List<Item> items = new ArrayList<>();
    for (AssetId machine : machines.ids()) items.add(item(items.size(), machine, fitted));
    new ItemTable(jdbc).add(id, items, now);
    return id;
  }

  static String rack(int no) {
    return "R" + no % 2;
  }

  static String service(int no) {
    return "S" + no % 3;
  }

  private static Item item(int no, AssetId machine, Order order) {
    return new Item(
        no,
        machine,
        "M" + no,
        rack(no),
        service(no),
        "",
        order.stepOf(no),
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
        null);
  }

  /** One process. */
  Desk desk(Crash crash) {
    return desk(machines, crash);
  }

  /** One process with a way of its own to the machines. */
  Desk desk(Reach reach, Crash crash) {
    Maintenance none =
        (Maintenance)
            Proxy.newProxyInstance(
                JobBed.class.getClassLoader(),
                new Class<?>[] {Maintenance.class},
                (proxy, method, arguments) -> Map.of());
    return new Desk(
        new JobTable(jdbc),
        new ItemTable(jdbc),
        new HeardTable(jdbc),
        new EffectTable(jdbc),
        new ViewTable(jdbc),
        new ValueTable(jdbc),
        new FileTable(jdbc),
        register,
        reach,
        none,
        leases,
        actions,
        (who, action, object, reason, details) -> {},
        event -> {},
        transactions,
        settings(),
        clock,
        crash,
        new Bell(),
        "node-" + UUID.randomUUID());
  }

  private BatchSettings settings() {
    return new BatchSettings(
        Duration.ofMillis(50),
        Duration.ofSeconds(10),
        lease,
        Duration.ofMinutes(2),
        50,
        1_000,
        64,
        "100%",
        0.2,
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        DataSize.ofKilobytes(64),
        Duration.ofDays(1),
        Duration.ofMinutes(15),
        Path.of("none"));
  }

  Job now(JobId job) {
    return new JobTable(jdbc).find(job).orElseThrow();
  }

  List<Item> items(JobId job) {
    return new ViewTable(jdbc).items(job, null, new Jobs.ItemFilter("", "", ""), -1, 1_000);
  }

  String said(JobId job, int no) {
    StringBuilder text = new StringBuilder();
    new HeardTable(jdbc).of(job, no).forEach(h -> text.append(h.body()));
    return text.toString();
  }

  /** Sweeps, a tenth of a second by the clock each time, until it is so. */
  void until(String what, Engine engine, BooleanSupplier so) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!so.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      engine.sweep();
      TimeUnit.MILLISECONDS.sleep(20);
      clock.forward(Duration.ofMillis(100));
    }
  }

  boolean ended(JobId job) {
    return now(job).state() == JobState.ENDED;
  }

  /** Every verdict is what the machines' own journal says. */
  void assertTrue(JobId job, String when) {
    Map<String, Integer> journal = machines.journal();
    List<String> wrong = new ArrayList<>();
    for (Item item : items(job)) {
      int ran = journal.getOrDefault(machines.host(item.machine()), 0);
      String said = said(job, item.no());
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
  }

  /**
   * What was let out goes on on the machine even when nobody listens: until all of it is done, seen
   * three times so that what is between two machines is seen too.
   */
  void settle() throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    for (int quiet = 0; quiet < 3; quiet = machines.quiet() ? quiet + 1 : 0) {
      assertThat(System.nanoTime()).as("machines settle").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** An action that writes the machine's journal, and of whose effect a look says this. */
  static Action touch(String name, Action.Presence seen) {
    return new Action() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Label label() {
        return Label.same(name);
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
        return Duration.ofSeconds(10);
      }

      @Override
      public Optional<Label> refuses(ActionContext context) {
        return Optional.empty();
      }

      @Override
      public Result run(ActionContext context) {
        context.wayBack(Map.of("to", "before"));
        SshCommand command =
            new SshCommand(
                Machines.WRITE_DOWN + "sleep 0.05",
                false,
                Duration.ofSeconds(10),
                4_096,
                context::mayLeave);
        return switch (context.reach().ssh(context.machine().id(), command)) {
          case SshOutcome.Ran ran -> {
            context.transcript("done");
            yield new Result.Done(Label.same("touched " + ran.exit()));
          }
          case SshOutcome.Failed failed when failed.maybeStarted() ->
              new Result.Uncertain(failed.words());
          case SshOutcome.Failed failed -> new Result.Failed(failed.words());
        };
      }

      @Override
      public Presence probe(ActionContext context) {
        return seen;
      }
    };
  }

  @Override
  public void close() {
    machines.close();
    pool.close();
  }
}
