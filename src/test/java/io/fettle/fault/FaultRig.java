package io.fettle.fault;

import io.fettle.cmdb.MachineCard;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.Observation;
import io.fettle.monitoring.check.Reading;
import io.fettle.support.SettableClock;
import io.fettle.support.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
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

  FaultRig() {
    this(
        TestPostgres.fresh(),
        new SettableClock(Instant.parse("2026-11-22T03:00:00Z")),
        FaultSettings.defaults(false));
  }

  FaultRig(DataSource database, SettableClock clock, FaultSettings settings) {
    this.database = database;
    this.clock = clock;
    this.settings = settings;
    db = JdbcClient.create(database);
    transactions = new TransactionTemplate(new JdbcTransactionManager(database));
    table = new FaultTable(db);
    book =
        new FaultBook(
            table,
            new FaultListTable(db),
            new StoryTable(db),
            new Suppression(maintenance, new StormTable(db), new CoverageTable(db)),
            standing,
            new Hints(published::add, false),
            settings,
            new StaticListableBeanFactory().getBeanProvider(FaultChapter.class),
            transactions,
            clock);
  }

  Fault confirmed(String faultClass) {
    return confirmed(faultClass, "A0001", "team-a");
  }

  Fault confirmed(String faultClass, String assetNo, String team) {
    AssetId machine = new AssetId(UUID.randomUUID());
    Instant now = clock.instant();
    Fault suspect =
        table
            .insert(
                bad(machine, faultClass, now),
                card(machine, assetNo, team),
                now,
                now.plus(Duration.ofMinutes(5)),
                now.minus(Duration.ofDays(30)))
            .orElseThrow();
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
