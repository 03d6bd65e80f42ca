package io.fettle.fault;

import io.fettle.cmdb.MachineCard;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.kernel.Verdict;
import io.fettle.monitoring.Observation;
import io.fettle.monitoring.check.Reading;
import io.fettle.support.SettableClock;
import io.fettle.support.TestPostgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The fault room put together by hand on a database; a second one on the same is a restart. */
final class FaultRig {
  final SettableClock clock;
  final DataSource database;
  final JdbcClient db;
  final TransactionTemplate transactions;
  final FaultSettings settings;
  final FakeMaintenance maintenance = new FakeMaintenance();
  final Queue<Object> published = new ConcurrentLinkedQueue<>();
  final Standing standing = new Standing();
  final FaultTable table;
  final FaultBook book;
  final FakeRegister register;
  final FakeMonitoring monitoring;
  final Findings findings;
  final StormWatch storms;
  final Edges edges;
  final Fold fold;
  final FaultTick tick;
  final FaultApi api;

  FaultRig() {
    this(FaultSettings.defaults(false));
  }

  FaultRig(FaultSettings settings) {
    this(
        TestPostgres.fresh(),
        new SettableClock(Instant.parse("2026-11-22T03:00:00Z")),
        settings,
        new FakeRegister(),
        new FakeMonitoring());
  }

  /** Puts a fault into a state, past the graph. */
  Fault put(Fault fault, FaultState state) {
    db.sql(
            """
            update fault.fault set state = :state, version = version + 1, changed_at = :now,
              held_for = case when :state = 'HELD' then 'storm' end,
              state_before = case when :state = 'STALE' then 'CONFIRMED' end,
              recovered_at = case when :state = 'RECOVERED' then :now end,
              closed_at = case when :state = 'CLOSED' then :now end where id = :id
            """)
        .param("id", fault.id().value())
        .param("state", state.name())
        .param("now", FaultTable.utc(clock.instant()))
        .update();
    Fault put = book.find(fault.id()).orElseThrow();
    standing.put(put);
    return put;
  }

  /** The process died; a new one starts on the same database. */
  FaultRig restarted() {
    return new FaultRig(database, clock, settings, register, monitoring);
  }

  private FaultRig(
      DataSource database,
      SettableClock clock,
      FaultSettings settings,
      FakeRegister register,
      FakeMonitoring monitoring) {
    this.register = register;
    this.monitoring = monitoring;
    this.database = database;
    this.clock = clock;
    this.settings = settings;
    db = JdbcClient.create(database);
    transactions = new TransactionTemplate(new JdbcTransactionManager(database));
    table = new FaultTable(db);
    EdgeTable writes = new EdgeTable(db);
    StoryTable stories = new StoryTable(db);
    Hints hints = new Hints(published::add, false);
    Suppression suppression =
        new Suppression(maintenance, new StormTable(db), new CoverageTable(db), register);
    book =
        new FaultBook(
            table,
            writes,
            new FaultListTable(db),
            stories,
            suppression,
            standing,
            hints,
            settings,
            new StaticListableBeanFactory().getBeanProvider(FaultChapter.class),
            transactions,
            clock);
    FindingTable snapshots = new FindingTable(new JdbcTemplate(database));
    findings = new Findings(snapshots, table, standing);
    edges =
        new Edges(book, writes, stories, standing, hints, suppression, register, settings, clock);
    storms =
        new StormWatch(
            new StormTable(db),
            register,
            (who, action, object, reason, details) -> {},
            hints,
            settings,
            transactions,
            clock);
    Rules rules = new Rules(monitoring, settings, clock);
    Settling settling =
        new Settling(
            standing,
            table,
            edges,
            book,
            suppression,
            storms,
            new Keeping(snapshots, standing, settings),
            rules,
            settings,
            clock);
    fold =
        new Fold(
            findings,
            settling,
            rules,
            monitoring,
            transactions,
            new FoldMeters(new SimpleMeterRegistry(), findings, standing),
            clock);
    CoverageTable coverage = new CoverageTable(db);
    tick =
        new FaultTick(
            table,
            standing,
            fold,
            new Overdue(table, findings, edges, book, rules, settings, clock),
            new Staleness(
                standing, findings, table, coverage, monitoring, edges, rules, settings, clock),
            storms,
            new Holding(table, new StormTable(db), suppression, edges, book),
            new Placement(register, table, new FeedMarkTable(db)),
            clock,
            true);
    api = new FaultApi(book, new FaultListTable(db), register);
  }

  /** Timed work, once. */
  void pass() {
    tick.quick();
    tick.slow();
    tick.quick();
  }

  /** One slot of the check passes: time goes on by its interval, then it says this. */
  void slot(AssetId machine, String component, Verdict verdict) {
    clock.forward(monitoring.interval);
    fold.accept(List.of(observation(machine, component, verdict)));
  }

  Observation observation(AssetId machine, String component, Verdict verdict) {
    Reading reading =
        switch (verdict) {
          case OK -> Reading.ok(component, new Label("正常", "fine"), Map.of());
          case BAD ->
              Reading.bad(
                  component, Severity.WARNING, new Label("模式不对", "wrong mode"), Map.of("mode", 2));
          case UNKNOWN -> Reading.unknown(component, new Label("不知道", "cannot tell"), Map.of());
        };
    Instant now = clock.instant();
    return new Observation(
        machine, "bmc.nic_mode", "bmc.nic_mode", reading, now.toEpochMilli(), 1, "core", now);
  }

  /** The open fault of the machine. */
  java.util.Optional<Fault> open(AssetId machine) {
    return table.openOn(List.of(machine)).stream().findFirst();
  }

  Fault confirmed(String faultClass) {
    return confirmed(faultClass, "A0001", "team-a");
  }

  Fault confirmed(String faultClass, String assetNo, String team) {
    AssetId machine = new AssetId(UUID.randomUUID());
    Instant now = clock.instant();
    Fault suspect =
        new EdgeTable(db)
            .open(
                List.of(bad(machine, faultClass, now)),
                Map.of(machine, card(machine, assetNo, team)),
                now,
                now.plus(Duration.ofMinutes(5)),
                now.minus(Duration.ofDays(30)))
            .getFirst();
    return book.advance(
            suspect.id(),
            suspect.version(),
            Edge.E3,
            FaultState.CONFIRMED,
            Cause.of(Actor.system("test"), Label.same("confirmed"), Map.of()))
        .orElseThrow();
  }

  static Observation bad(AssetId machine, String check, Instant at) {
    return new Observation(
        machine,
        check,
        check,
        Reading.bad("", Severity.WARNING, new Label("模式不对", "wrong mode"), Map.of("mode", 2)),
        at.toEpochMilli(),
        1,
        "test",
        at);
  }

  static MachineCard card(AssetId id, String assetNo, String team) {
    return new MachineCard(
        id,
        assetNo,
        "server",
        "in_service",
        null,
        null,
        null,
        null,
        null,
        null,
        "SH1",
        null,
        "A07",
        null,
        team,
        null,
        null,
        1);
  }

  void awaitPublished(Object event) throws InterruptedException {
    for (int i = 0; i < 500 && !published.contains(event); i++) Thread.sleep(10);
    if (!published.contains(event)) throw new AssertionError("no " + event + " in " + published);
  }
}
