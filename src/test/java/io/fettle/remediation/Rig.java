package io.fettle.remediation;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.fettle.fault.Edge;
import io.fettle.fault.Fault;
import io.fettle.fault.FaultId;
import io.fettle.fault.FaultKit;
import io.fettle.fault.FaultState;
import io.fettle.kernel.AssetId;
import io.fettle.monitoring.Monitoring;
import io.fettle.reach.Reach;
import io.fettle.remediation.action.Action;
import io.fettle.support.FakeDatabase;
import io.fettle.support.SettableClock;
import io.fettle.support.TestPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A whole remediation room on a real database with the real fault room and machines in memory. */
public final class Rig implements AutoCloseable {
  private static final AtomicInteger NODES = new AtomicInteger();
  private static final RemediationSettings SETTINGS =
      new RemediationSettings(
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          Duration.ofMinutes(2),
          Duration.ZERO,
          64,
          20,
          10_000,
          Duration.ofHours(1),
          0.5,
          5,
          512,
          3,
          Duration.ofSeconds(5),
          Path.of("none"),
          1,
          Duration.ofSeconds(3),
          1);
  static final String CLASS = "bmc.nic_mode";
  static final String POLICY =
      """
      name: nic-mode
      label: {zh: 网口模式, en: NIC mode}
      for: {class: bmc.nic_mode}
      where: "intent.bmc.nic_mode != null"
      ladder:
        - {runbook: set-mode, attempts: 2, cooldown: 10s}
        - {runbook: kick, attempts: 1, cooldown: 10s}
      verify: {settle: 3s, ok: 1, deadline: 60s}
      budget:
        - {scope: policy, concurrent: 10, per: {count: 1000, window: 1h}}
        - {scope: rack, concurrent: 5}
      breaker: {window: 20, verify_fail: 1000, relapse: 1000, cooldown: 60s}
      escalate: {after: 45m}
      """;
  static final String SET_MODE =
      """
      name: set-mode
      label: {zh: 设定, en: Set}
      steps:
        - {action: test.set, params: {mode: $intent.bmc.nic_mode}}
      """;
  static final String KICK =
      """
      name: kick
      label: {zh: 重启, en: Reset}
      steps:
        - {action: test.kick}
      """;

  public final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T03:00:00Z"));
  public final FakeRegister register = new FakeRegister();

  final FakeDatabase pulse = new FakeDatabase();

  public final Cards cards = new Cards();

  /** What looks at machines; those in memory unless a test says otherwise. */
  public Monitoring monitoring = cards;

  /** The way to machines; none, for those in memory need none. */
  public Reach reach = new NoReach();

  final Map<String, String> policyFiles = new TreeMap<>(Map.of("nic-mode.yml", POLICY));
  public final Map<String, String> runbookFiles =
      new TreeMap<>(Map.of("set-mode.yml", SET_MODE, "kick.yml", KICK));
  final Map<String, Action> actions = new HashMap<>();
  public final List<String> audits = new ArrayList<>();

  /** Runs as they came on the record. */
  final List<String> deeds = new CopyOnWriteArrayList<>();

  public final HikariDataSource database;
  public final FaultKit faults;
  public final JdbcClient jdbc;
  final RemediationSettings settings;
  public boolean lab = true;

  public Rig() {
    this(SETTINGS);
  }

  Rig(RemediationSettings settings) {
    this(TestPostgres.fresh(), settings);
  }

  Rig(DataSource fresh, RemediationSettings settings) {
    this.settings = settings;
    HikariConfig pool = new HikariConfig();
    pool.setDataSource(fresh);
    pool.setMaximumPoolSize(12);
    pool.setConnectionTimeout(2_000);
    database = new HikariDataSource(pool);
    faults = new FaultKit(database, clock);
    jdbc = JdbcClient.create(database);
    add(cards.action("test.set", Action.Idempotence.STATE));
    add(cards.action("test.kick", Action.Idempotence.NONE));
  }

  static RemediationSettings settings() {
    return SETTINGS;
  }

  public void add(Action action) {
    actions.put(action.name(), action);
  }

  /** One process: an engine, its front door and its shelf. */
  public final class Node {
    final Desk desk;
    final Engine engine;
    public final Remediation front;
    final Work work;

    public void sweep() {
      engine.sweep();
    }

    Node(Crash crash, Work work) {
      this.work = work;
      Shelf shelf = new Shelf(register, actions, new PolicyReader(register, settings), files());
      shelf.reload();
      if (!shelf.complaints().isEmpty())
        throw new IllegalStateException(shelf.complaints().toString());
      PermitTable permits = new PermitTable(jdbc);
      PolicyTable policies = new PolicyTable(jdbc);
      desk =
          new Desk(
              faults.faults(),
              monitoring,
              register,
              reach,
              shelf,
              policies,
              new PlanTable(jdbc),
              new RunTable(jdbc),
              new AttemptTable(jdbc),
              permits,
              new Permits(permits, new JobPermitTable(jdbc), settings),
              settings,
              faults.transactions(),
              clock,
              pulse,
              crash,
              (who, action, object, reason, details) ->
                  deeds.add(action + " " + object + " " + details.get("outcome")),
              "node-" + NODES.incrementAndGet());
      Modes modes = new Modes(policies, lab);
      engine = new Engine(desk, work, modes);
      front =
          new Repairs(
              desk,
              modes,
              (who, action, object, reason, details) ->
                  audits.add(action + " " + object + " " + reason),
              event -> {});
    }
  }

  Shelf.Files files() {
    return new Shelf.Files() {
      @Override
      public Map<String, String> policies() {
        return new TreeMap<>(policyFiles);
      }

      @Override
      public Map<String, String> runbooks() {
        return new TreeMap<>(runbookFiles);
      }
    };
  }

  /** Jobs run at once, on the caller's thread. */
  static Work inline() {
    return new Work() {
      @Override
      public boolean submit(String key, Runnable job) {
        job.run();
        return true;
      }

      @Override
      public boolean has(String key) {
        return false;
      }
    };
  }

  public Node node() {
    return new Node(Crash.none(), inline());
  }

  /** A broken machine in rack R1 with a confirmed fault. */
  public Fault fault(Cards.Manner... manners) {
    return fault("R1", manners);
  }

  public Fault fault(String rack, Cards.Manner... manners) {
    return fault("A" + NODES.incrementAndGet(), rack, manners);
  }

  public Fault fault(String assetNo, String rack, Cards.Manner... manners) {
    AssetId machine = register.add(assetNo, rack, "dedicated");
    cards.broken(machine, manners);
    return faults.confirmed(machine, CLASS, "");
  }

  public Fault now(FaultId id) {
    return faults.faults().find(id).orElseThrow();
  }

  public FaultState state(FaultId id) {
    return now(id).state();
  }

  /**
   * Sweeps every two seconds until the fault stands in one of these states; fails after an hour.
   */
  public FaultState until(Node node, FaultId id, FaultState... states) {
    for (int i = 0; i < 1_800; i++) {
      node.engine.sweep();
      fold(id);
      if (Set.of(states).contains(state(id))) return state(id);
      clock.forward(Duration.ofSeconds(2));
    }
    throw new AssertionError(id + " is stuck in " + state(id) + " " + story(id));
  }

  /** What the fold does by itself when it sees OK. */
  public void fold(FaultId id) {
    Fault fault = now(id);
    if (!cards.healthy(fault.machine())) return;
    switch (fault.state()) {
      case HELD -> faults.move(fault, Edge.E8, FaultState.RECOVERED, "ok");
      case CONFIRMED -> faults.move(fault, Edge.E11, FaultState.RECOVERED, "ok");
      case ESCALATED -> faults.move(fault, Edge.E36, FaultState.RECOVERED, "ok");
      default -> {}
    }
  }

  public List<String> story(FaultId id) {
    return faults.faults().story(id).stream().map(e -> e.kind() + ": " + e.title().en()).toList();
  }

  public long count(String sql) {
    return jdbc.sql(sql).query(Long.class).single();
  }

  @Override
  public void close() {
    database.close();
  }
}
