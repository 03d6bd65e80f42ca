package io.fettle.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.support.TestPostgres;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class SealerTest {
  private static final Actor LI = new Actor(Actor.Kind.PERSON, "li");
  private static final Viewer AUDITOR = new Viewer(LI, Set.of(Role.AUDITOR), Set.of());

  private final DataSource database = TestPostgres.fresh();
  private final JdbcClient sql = JdbcClient.create(database);
  private final JdbcTransactionManager transactions = new JdbcTransactionManager(database);
  private final TransactionTemplate transaction = new TransactionTemplate(transactions);
  private final SealTable seals = new SealTable(sql);
  private final Sealer sealer = new Sealer(seals, transactions, Clock.systemUTC());
  private final AuditLog audit =
      new AuditLog(new EntryTable(sql), new Verifier(seals), Clock.systemUTC());

  @Test
  void aRowIsWrittenOrLostWithItsDeed() {
    write("kept");
    transaction.executeWithoutResult(status -> {
      audit.record(LI, "test.done", "thing:lost", null, Map.of());
      status.setRollbackOnly();
    });

    assertThat(objects()).containsExactly("thing:kept");
    assertThatThrownBy(() -> audit.record(LI, "test.done", "thing:alone", null, Map.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("outside a transaction");
  }

  @Test
  void aRowCommittedLaterThanItsSuccessorsIsSealedToo() throws Exception {
    try (Connection slow = database.getConnection()) {
      slow.setAutoCommit(false);
      insert(slow, "slow");
      write("quick");
      assertThat(sealer.seal()).isEqualTo(1);
      slow.commit();
    }

    assertThat(sealer.seal()).isEqualTo(1);
    AuditProof proof = audit.verify(AUDITOR);
    assertThat(proof.intact()).isTrue();
    assertThat(proof.rows()).isEqualTo(2);
    assertThat(proof.unsealed()).isZero();
  }

  @Test
  void eightWritersWithRandomDelaysLoseNoRowAndDoubleNone() throws Exception {
    AtomicBoolean writing = new AtomicBoolean(true);
    int committed = 0;
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> sealing = pool.submit(() -> sealWhile(writing));
      List<Future<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < 8; i++) writers.add(pool.submit(writer(i)));
      for (Future<Integer> writer : writers) committed += writer.get();
      writing.set(false);
      assertThat(sealing.get()).isGreaterThan(3);
    }
    sealer.seal();

    AuditProof proof = audit.verify(AUDITOR);
    assertThat(proof.broken()).isEmpty();
    assertThat(proof.strays()).isZero();
    assertThat(proof.unsealed()).isZero();
    assertThat(proof.rows()).isEqualTo(committed).isGreaterThan(100);
    assertThat(proof.batches()).isGreaterThan(3);
  }

  @Test
  void theTableRefusesEveryChange() {
    write("one");
    sealer.seal();
    write("two");

    for (String change :
        List.of(
            "update audit.entry set actor = 'x'",
            "delete from audit.entry where object = 'thing:two'",
            "truncate audit.entry",
            "update audit.seal set rows = 2",
            "delete from audit.seal",
            "truncate audit.seal"))
      assertThatThrownBy(() -> sql.sql(change).update())
          .as(change)
          .hasMessageContaining("append-only");
    assertThat(objects()).containsExactly("thing:two", "thing:one");
  }

  @Test
  void whatTheTablesOwnerChangesBehindTheTriggersIsFound() {
    for (int i = 0; i < 5; i++) {
      write("n" + i);
      sealer.seal();
    }
    assertThat(audit.verify(AUDITOR).intact()).isTrue();

    tamper("update audit.entry set details = '{\"amount\": 2}' where object = 'thing:n2'");
    AuditProof changed = audit.verify(AUDITOR);
    assertThat(changed.broken()).hasValueSatisfying(b -> assertThat(b.batch()).isEqualTo(3));
    assertThat(changed.rows()).isEqualTo(2);

    tamper("update audit.entry set details = '{}' where object = 'thing:n2'");
    assertThat(audit.verify(AUDITOR).intact()).isTrue();

    tamper("delete from audit.entry where object = 'thing:n4'");
    assertThat(audit.verify(AUDITOR).broken())
        .hasValueSatisfying(b -> assertThat(b.why()).contains("1 rows, 0 are there"));
  }

  @Test
  void aRowSlippedInUnderAnOldTransactionIsFound() {
    write("one");
    write("two");
    sealer.seal();
    tamper(
        """
        insert into audit.entry (at, actor_kind, actor, action, object, xid)
        values (now(), 'PERSON', 'li', 'x', 'thing:forged', '5')
        """);
    sealer.seal();

    AuditProof proof = audit.verify(AUDITOR);
    assertThat(proof.strays()).isEqualTo(1);
    assertThat(proof.intact()).isFalse();
  }

  @Test
  void aRestoredRecordGoesOnInANewCluster() {
    write("old");
    sealer.seal();
    write("old, not sealed");
    tamper("update audit.seal set era = '1', next_xid = '900000000000'");
    tamper("update audit.entry set xid = '900000000001'");
    write("new");

    assertThat(sealer.seal()).isEqualTo(2);
    write("newer");
    assertThat(sealer.seal()).isEqualTo(1);
    AuditProof proof = audit.verify(AUDITOR);
    assertThat(proof.intact()).isTrue();
    assertThat(proof.rows()).isEqualTo(4);
  }

  @Test
  void manyRowsAreSealedInSeveralLinks() {
    sql.sql(
            """
            insert into audit.entry (at, actor_kind, actor, action, object)
            select now(), 'SYSTEM', 'test', 'test.done', 'thing:' || n from generate_series(1, 2500) n
            """)
        .update();

    assertThat(sealer.seal()).isEqualTo(2500);
    AuditProof proof = audit.verify(AUDITOR);
    assertThat(proof.batches()).isEqualTo(3);
    assertThat(proof.rows()).isEqualTo(2500);
  }

  @Test
  void anIdleSearchStaysQuickInALongRecordThatWasNeverAnalysed() {
    sql.sql("alter table audit.entry set (autovacuum_enabled = off)").update();
    Duration empty = idle();
    sql.sql(
            """
            insert into audit.entry (at, actor_kind, actor, action, object)
            select now(), 'SYSTEM', 'test', 'test.done', 'thing:' || n from generate_series(1, 30000) n
            """)
        .update();
    assertThat(sealer.seal()).isEqualTo(30000);
    write("after");
    sealer.seal();

    assertThat(idle()).isLessThan(empty.multipliedBy(10).plusMillis(20));
    assertThat(audit.verify(AUDITOR).rows()).isEqualTo(30001);
  }

  @Test
  void theTickSealsWithinASecond() throws Exception {
    SealTick tick = new SealTick(sealer);
    tick.start();
    try {
      Thread.sleep(500);
      write("one");
      Instant until = Instant.now().plus(Duration.ofSeconds(5));
      Instant written = Instant.now();
      while (!sealed("thing:one") && Instant.now().isBefore(until)) Thread.sleep(20);
      assertThat(Duration.between(written, Instant.now())).isLessThan(Duration.ofSeconds(2));
    } finally {
      tick.stop();
    }
    assertThat(tick.isRunning()).isFalse();
  }

  @Test
  void pagesAreReadByKeysetAndOnlyByAuditors() {
    for (int i = 0; i < 5; i++) write("n" + i);

    var first = audit.page(AuditFilter.ALL, null, 3, AUDITOR);
    var second = audit.page(AuditFilter.ALL, first.next(), 3, AUDITOR);

    assertThat(first.items())
        .extracting(AuditEntry::object)
        .containsExactly("thing:n4", "thing:n3", "thing:n2");
    assertThat(second.items())
        .extracting(AuditEntry::object)
        .containsExactly("thing:n1", "thing:n0");
    assertThat(second.next()).isNull();
    var one = new AuditFilter(Optional.of("li"), Optional.of("test."), Optional.of("thing:n1"));
    assertThat(audit.page(one, null, 10, AUDITOR).items()).hasSize(1);
    Viewer operator = new Viewer(LI, Set.of(Role.OPERATOR), Set.of());
    assertThatThrownBy(() -> audit.page(AuditFilter.ALL, null, 3, operator))
        .isInstanceOf(Problem.class);
    assertThatThrownBy(() -> audit.page(AuditFilter.ALL, "x'; --", 3, AUDITOR))
        .isInstanceOf(Problem.class);
  }

  private Callable<Integer> writer(int number) {
    return () -> {
      Random random = new Random(number);
      int rows = 0;
      for (int i = 0; i < 20; i++) {
        try (Connection connection = database.getConnection()) {
          connection.setAutoCommit(false);
          int batch = 1 + random.nextInt(4);
          for (int k = 0; k < batch; k++) {
            insert(connection, number + "-" + i + "-" + k);
            Thread.sleep(random.nextInt(12));
          }
          if (random.nextInt(5) == 0) connection.rollback();
          else {
            connection.commit();
            rows += batch;
          }
        }
      }
      return rows;
    };
  }

  private int sealWhile(AtomicBoolean writing) throws InterruptedException {
    int links = 0;
    while (writing.get()) {
      if (sealer.seal() > 0) links++;
      Thread.sleep(5);
    }
    return links;
  }

  private void write(String thing) {
    transaction.executeWithoutResult(
        status -> audit.record(LI, "test.done", "thing:" + thing, "because", Map.of()));
  }

  private static void insert(Connection connection, String thing) throws java.sql.SQLException {
    try (var insert =
        connection.prepareStatement(
            "insert into audit.entry (at, actor_kind, actor, action, object) values (now(), 'SYSTEM', 't', 'test.done', ?)")) {
      insert.setString(1, "thing:" + thing);
      insert.executeUpdate();
    }
  }

  private void tamper(String change) {
    transaction.executeWithoutResult(status -> {
      triggers("disable");
      sql.sql(change).update();
      triggers("enable");
    });
  }

  /** The median time of a search that finds nothing. */
  private Duration idle() {
    long[] nanos = new long[15];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      assertThat(sealer.seal()).isZero();
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return Duration.ofNanos(nanos[nanos.length / 2]);
  }

  private void triggers(String what) {
    sql.sql("alter table audit.entry " + what + " trigger user").update();
    sql.sql("alter table audit.seal " + what + " trigger user").update();
  }

  private boolean sealed(String object) {
    var filter = new AuditFilter(Optional.empty(), Optional.empty(), Optional.of(object));
    return audit.page(filter, null, 1, AUDITOR).items().stream().anyMatch(AuditEntry::sealed);
  }

  private List<String> objects() {
    return audit.page(AuditFilter.ALL, null, 50, AUDITOR).items().stream()
        .map(AuditEntry::object)
        .toList();
  }
}
