package io.fettle.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.audit.Audit;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Endpoint;
import io.fettle.support.SettableClock;
import io.fettle.support.TestPostgres;
import io.fettle.transport.HostKey.State;
import io.fettle.transport.HostKeys.Choice;
import io.fettle.transport.HostKeys.Judgement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** On a real database. */
class HostKeysTest {
  private static final String A =
      "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  private static final String B =
      "AAAAC3NzaC1lZDI1NTE5AAAAIBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  private static final String C =
      "AAAAC3NzaC1lZDI1NTE5AAAAICAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  private static final Actor PERSON = new Actor(Actor.Kind.PERSON, "li.wei");
  private static final Endpoint HOST = new Endpoint("10.0.0.1", 22);

  private final ConcurrentLinkedQueue<String> audited = new ConcurrentLinkedQueue<>();
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-01T00:00:00Z"));
  private HostKeys keys;

  @BeforeEach
  void fresh() {
    Audit audit =
        (who, action, object, reason, details) ->
            audited.add(who.name() + " " + action + " " + object);
    DataSource database = TestPostgres.fresh();
    keys =
        new PinnedHostKeys(
            new HostKeyTable(JdbcClient.create(database)),
            audit,
            clock,
            new DataSourceTransactionManager(database));
  }

  private Judgement show(String key) {
    return keys.judge(HOST, Optional.empty(), "ssh-ed25519", key);
  }

  private HostKey pinned() {
    return keys.of(HOST).orElseThrow();
  }

  @Test
  void theFirstKeyIsPinnedAndAnotherIsKeptForADecision() {
    assertThat(show(A)).isEqualTo(Judgement.FIRST_CONTACT);
    assertThat(show(A)).isEqualTo(Judgement.KNOWN);

    assertThat(show(B)).isEqualTo(Judgement.CHANGED);
    assertThat(show(B)).isEqualTo(Judgement.CHANGED);

    assertThat(pinned().key()).isEqualTo(A);
    assertThat(pinned().state()).isEqualTo(State.CHANGED);
    assertThat(keys.list(State.CHANGED, null, 10).items()).hasSize(1);
    assertThat(audited).containsExactly("transport hostkey.changed hostkey:10.0.0.1:22");
  }

  @Test
  void acceptingTakesTheOfferedKeyOnce() {
    show(A);
    show(B);

    assertThat(keys.accept(List.of(HOST), Choice.ANY, PERSON, "reinstalled")).containsExactly(HOST);
    assertThat(keys.accept(List.of(HOST), Choice.ANY, PERSON, "again")).isEmpty();

    assertThat(show(B)).isEqualTo(Judgement.KNOWN);
    assertThat(show(A)).isEqualTo(Judgement.CHANGED);
    assertThat(audited).contains("li.wei hostkey.accepted hostkey:10.0.0.1:22");
  }

  @Test
  void aKeySwappedAfterThePersonLookedIsNotAccepted() {
    show(A);
    show(B);
    String seen = PinnedHostKeys.fingerprint(B);
    show(C);

    assertThat(keys.accept(List.of(HOST), Choice.of(Set.of(seen)), PERSON, "reinstalled"))
        .isEmpty();
    assertThat(show(C)).isEqualTo(Judgement.CHANGED);
  }

  @Test
  void aKeyThatChangedBeforeTheReinstallIsNotAcceptedWithIt() {
    show(A);
    show(B);
    clock.forward(Duration.ofHours(1));
    Choice reinstalled = new Choice(Set.of(), clock.instant(), "placement.rack == 'R1'");

    assertThat(keys.offered(List.of(HOST), reinstalled)).isEmpty();
    assertThat(keys.accept(List.of(HOST), reinstalled, PERSON, "reinstalled")).isEmpty();
    assertThat(pinned().key()).isEqualTo(A);

    show(C);
    assertThat(keys.offered(List.of(HOST), reinstalled)).hasSize(1);
    assertThat(keys.accept(List.of(HOST), reinstalled, PERSON, "reinstalled"))
        .containsExactly(HOST);
    assertThat(pinned().key()).isEqualTo(C);
  }

  @Test
  void aRefusedKeyStaysRefusedAndAThirdOneIsANewQuestion() {
    show(A);
    show(B);
    assertThat(keys.refuse(List.of(HOST), Choice.ANY, PERSON, "not ours")).containsExactly(HOST);

    assertThat(show(B)).isEqualTo(Judgement.CHANGED);
    assertThat(pinned().state()).isEqualTo(State.REFUSED);
    assertThat(show(C)).isEqualTo(Judgement.CHANGED);
    assertThat(pinned().state()).isEqualTo(State.CHANGED);
  }

  @Test
  void thePinnedKeySeenAgainAnswersTheQuestion() {
    show(A);
    show(B);
    clock.forward(Duration.ofDays(2));

    assertThat(show(A)).isEqualTo(Judgement.KNOWN);

    assertThat(pinned().state()).isEqualTo(State.PINNED);
    assertThat(pinned().lastSeen()).isEqualTo(clock.instant());
    assertThat(keys.accept(List.of(HOST), Choice.ANY, PERSON, "late")).isEmpty();
  }

  @Test
  void manyFirstContactsAtOncePinOneKey() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<Future<Judgement>> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 16; i++) {
        String key = i % 2 == 0 ? A : B;
        all.add(
            threads.submit(() -> {
              go.await();
              return show(key);
            }));
      }
      go.countDown();
    }
    List<Judgement> said = new ArrayList<>();
    for (Future<Judgement> one : all) said.add(one.get());
    assertThat(said).filteredOn(j -> j == Judgement.FIRST_CONTACT).hasSize(1);
    assertThat(said).filteredOn(j -> j == Judgement.CHANGED).hasSize(8);
  }

  @Test
  void listsByKeysetWithoutGapsOrRepeats() {
    for (int i = 1; i <= 25; i++)
      keys.judge(new Endpoint("10.0.1." + i, 22), Optional.empty(), "ssh-ed25519", A);

    List<String> seen = new ArrayList<>();
    String cursor = null;
    do {
      var page = keys.list(null, cursor, 10);
      page.items().forEach(k -> seen.add(k.endpoint().toString()));
      cursor = page.next();
    } while (cursor != null);

    assertThat(seen).hasSize(25).doesNotHaveDuplicates();
  }
}
