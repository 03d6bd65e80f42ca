package io.fettle.fault;

import io.fettle.cmdb.MachineCard;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.monitoring.Observation;
import io.fettle.monitoring.check.Reading;
import io.fettle.support.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The real fault room for tests of rooms downstream: its front door, and faults to begin with. */
public final class FaultKit {
  private final SettableClock clock;
  private final TransactionTemplate transactions;
  private final EdgeTable table;
  private final FaultBook book;

  /** On this database; a second one on the same is another node. */
  public FaultKit(DataSource database, SettableClock clock) {
    this.clock = clock;
    JdbcClient db = JdbcClient.create(database);
    transactions = new TransactionTemplate(new JdbcTransactionManager(database));
    table = new EdgeTable(db);
    book =
        new FaultBook(
            new FaultTable(db),
            table,
            new FaultListTable(db),
            new StoryTable(db),
            new Suppression(
                new FakeMaintenance(),
                new StormTable(db),
                new CoverageTable(db),
                new FakeRegister()),
            new Standing(),
            new Hints(hint -> {}, true),
            FaultSettings.defaults(false),
            new StaticListableBeanFactory().getBeanProvider(FaultChapter.class),
            transactions,
            clock);
  }

  /** Its front door. */
  public Faults faults() {
    return book;
  }

  /** Transactions on its database. */
  public TransactionTemplate transactions() {
    return transactions;
  }

  /** A fault of this class that has just been confirmed. */
  public Fault confirmed(AssetId machine, String faultClass, String component) {
    Instant now = clock.instant();
    var observation =
        new Observation(
            machine,
            faultClass,
            faultClass,
            Reading.bad(component, Severity.WARNING, Label.same("wrong"), Map.of("value", 2)),
            now.toEpochMilli(),
            1,
            "test",
            now);
    Fault suspect =
        table
            .open(
                List.of(observation),
                Map.of(machine, card(machine, "A-" + machine.toString().substring(30), "team-a")),
                now,
                now.plus(Duration.ofMinutes(5)),
                now.minus(Duration.ofDays(30)))
            .getFirst();
    return move(suspect, Edge.E3, FaultState.CONFIRMED, "k of n");
  }

  /** What the fold would do: take an edge of the fault room's own. */
  public Fault move(Fault fault, Edge edge, FaultState to, String why) {
    boolean recovers = to == FaultState.RECOVERED;
    Cause cause =
        new Cause(
            Actor.system("fold"),
            Label.same(why),
            Map.of(),
            null,
            null,
            null,
            null,
            recovers ? "self" : null);
    return book.advance(fault.id(), fault.version(), edge, to, cause).orElseThrow();
  }

  private static MachineCard card(AssetId id, String assetNo, String team) {
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
        "R1",
        null,
        team,
        null,
        null,
        1);
  }
}
