package io.fettle.remediation;

import static io.fettle.fault.FaultState.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.fault.Fault;
import io.fettle.fault.FaultState;
import io.fettle.remediation.Cards.Manner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Several engines on one database at once. */
class NodesTest {
  private static final Set<FaultState> ENDS = Set.of(RECOVERED, ESCALATED);

  /** Counts jobs so that a test can wait until nothing is at work. */
  private static final class Counted implements Work {
    private final Work work = Work.onVirtualThreads(16);
    private final AtomicInteger busy = new AtomicInteger();

    @Override
    public boolean submit(String key, Runnable job) {
      busy.incrementAndGet();
      boolean taken =
          work.submit(
              key,
              () -> {
                try {
                  job.run();
                } finally {
                  busy.decrementAndGet();
                }
              });
      if (!taken) busy.decrementAndGet();
      return taken;
    }

    @Override
    public boolean has(String key) {
      return work.has(key);
    }

    void quiet() throws InterruptedException {
      for (int i = 0; i < 6_000 && busy.get() > 0; i++) Thread.sleep(5);
      assertThat(busy.get()).isZero();
    }
  }

  @Test
  void aWriteThatWaitedTooLongDoesNotFollowItsResend() {
    try (Rig rig = new Rig()) {
      Fault fault = rig.fault(Manner.WORKS);
      Rig.Node slow = rig.node();
      Rig.Node other = rig.node();
      rig.cards.onTheWay =
          () -> {
            rig.cards.onTheWay = () -> {};
            rig.until(other, fault.id(), RECOVERED);
          };

      rig.until(slow, fault.id(), RECOVERED);

      assertThat(rig.cards.journal(fault.machine())).hasSize(1);
      assertThat(rig.count("select count(*) from remediation.attempt")).isEqualTo(2);
    }
  }

  @Test
  void whatTakesLongerThanTheLeaseIsSentToItsEnd() {
    try (Rig rig = new Rig()) {
      Fault fault = rig.fault(Manner.WORKS);
      rig.cards.halfWay = () -> rig.clock.forward(Rig.settings().lease().plusSeconds(1));

      rig.until(rig.node(), fault.id(), RECOVERED);

      assertThat(rig.cards.journal(fault.machine())).hasSize(1);
      assertThat(rig.count("select count(*) from remediation.attempt")).isEqualTo(1);
    }
  }

  @Test
  void halfWayThroughNothingFollowsOnceAnotherNodeHasTheMachine() {
    try (Rig rig = new Rig()) {
      Fault fault = rig.fault(Manner.WORKS);
      Rig.Node slow = rig.node();
      Rig.Node other = rig.node();
      rig.cards.halfWay =
          () -> {
            rig.cards.halfWay = () -> {};
            rig.until(other, fault.id(), RECOVERED);
          };

      rig.until(slow, fault.id(), RECOVERED);

      assertThat(rig.cards.journal(fault.machine())).hasSize(1);
    }
  }

  @Test
  void whatWasNeverSentInTimeIsSentLaterAndNotCalledAFailure() {
    try (Rig rig = new Rig()) {
      Fault fault = rig.fault(Manner.WORKS);
      rig.cards.onTheWay =
          () -> {
            rig.cards.onTheWay = () -> {};
            rig.clock.forward(Rig.settings().lease());
          };

      rig.until(rig.node(), fault.id(), RECOVERED);

      assertThat(rig.cards.journal(fault.machine())).hasSize(1);
      assertThat(rig.count("select count(*) from remediation.attempt where status = 'NOT_SENT'"))
          .isEqualTo(1);
    }
  }

  @Test
  void whatCanNeverBeSentInTimeEndsWithAPerson() {
    try (Rig rig = new Rig()) {
      Fault fault = rig.fault(Manner.WORKS);
      rig.cards.onTheWay = () -> rig.clock.forward(Rig.settings().lease());

      rig.until(rig.node(), fault.id(), ESCALATED);

      assertThat(rig.cards.journal(fault.machine())).isEmpty();
      assertThat(rig.story(fault.id()).getLast()).contains("could not be sent");
    }
  }

  @Test
  void twoNodesRepairEachFaultExactlyOnce() throws Exception {
    try (Rig rig = new Rig()) {
      Counted left = new Counted();
      Counted right = new Counted();
      Rig.Node one = rig.new Node(Crash.none(), left);
      Rig.Node two = rig.new Node(Crash.none(), right);
      List<Fault> faults = new ArrayList<>();
      for (int i = 0; i < 40; i++) faults.add(rig.fault("R" + i % 10, Manner.WORKS));

      for (int second = 0; second < 900 && !ended(rig, faults); second++) {
        Thread other = Thread.ofVirtual().start(two.engine::sweep);
        one.engine.sweep();
        other.join();
        left.quiet();
        right.quiet();
        rig.clock.forward(Duration.ofSeconds(1));
      }

      for (Fault fault : faults) {
        assertThat(rig.state(fault.id())).as(fault.id().toString()).isEqualTo(RECOVERED);
        assertThat(rig.cards.journal(fault.machine())).as(fault.id().toString()).hasSize(1);
      }
      assertThat(rig.count("select count(distinct holder) from remediation.run")).isEqualTo(2);
    }
  }

  private static boolean ended(Rig rig, List<Fault> faults) {
    return faults.stream().allMatch(f -> ENDS.contains(rig.state(f.id())));
  }

  @Test
  void aStormNeverTakesMoreThanTheBudgets() {
    try (Rig rig = new Rig()) {
      rig.policyFiles.put(
          "nic-mode.yml",
          Rig.POLICY
              .replace(
                  "concurrent: 10, per: {count: 1000, window: 1h}",
                  "concurrent: 4, per: {count: 12, window: 2m}")
              .replace("scope: rack, concurrent: 5", "scope: rack, concurrent: 2")
              .replace("after: 45m", "after: 6h"));
      Random random = new Random(7);
      List<Rig.Node> nodes = List.of(rig.node(), rig.node());
      List<Fault> faults = new ArrayList<>();
      for (int i = 0; i < 60; i++)
        faults.add(
            rig.fault(
                "R" + random.nextInt(3),
                random.nextInt(5) == 0 ? Manner.LOSES_IT : Manner.WORKS,
                Manner.WORKS));
      boolean heldSeen = false;
      for (int second = 0; second < 7_200 && !ended(rig, faults); second++) {
        nodes.get(second % 2).engine.sweep();
        budgetsHold(rig);
        heldSeen |=
            rig.count(
                    "select count(*) from fault.fault where state = 'HELD' and held_for = 'no_permit'")
                > 0;
        rig.clock.forward(Duration.ofSeconds(1 + random.nextInt(3)));
      }
      assertThat(heldSeen).isTrue();
      assertThat(faults).allMatch(f -> rig.state(f.id()) == RECOVERED);
    }
  }

  private static void budgetsHold(Rig rig) {
    assertThat(rig.count("select count(*) from remediation.run where ended_at is null"))
        .isLessThanOrEqualTo(4);
    assertThat(rig.count("select count(*) from remediation.hold where scope = 'policy:nic-mode'"))
        .isLessThanOrEqualTo(4);
    assertThat(
            rig.count(
                "select coalesce(max(n), 0) from (select count(*) n from remediation.hold where scope like 'rack:%' group by scope) x"))
        .isLessThanOrEqualTo(2);
    assertThat(
            rig.jdbc
                .sql(
                    "select count(*) from remediation.debit where scope = 'policy:nic-mode' and taken_at > :since")
                .param("since", Rows.at(rig.clock.instant().minus(Duration.ofMinutes(2))))
                .query(Long.class)
                .single())
        .isLessThanOrEqualTo(12);
  }

  /** A thousand schedules of who asks when, straight at the permits: never one place too many. */
  @Test
  void noScheduleOfAskingGetsMoreThanTheLimit() throws Exception {
    try (Rig rig = new Rig()) {
      Permits permits =
          new Permits(new PermitTable(rig.jdbc), new JobPermitTable(rig.jdbc), Rig.settings());
      PermitTable table = new PermitTable(rig.jdbc);
      for (int seed = 0; seed < 1_000; seed++) {
        Random random = new Random(seed);
        int limit = 1 + random.nextInt(3);
        var limits =
            List.of(
                new Permits.Limit("policy:s" + seed, "policy", limit, java.util.Optional.empty()),
                new Permits.Limit(
                    "rack:s" + seed, "rack", 1 + random.nextInt(3), java.util.Optional.empty()));
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          var fault = new io.fettle.fault.FaultId(seed * 10L + i);
          boolean back = random.nextBoolean();
          threads.add(
              Thread.ofVirtual().start(() -> ask(rig, permits, table, limits, fault, back)));
        }
        for (Thread thread : threads) thread.join();
        int most = limits.stream().mapToInt(Permits.Limit::concurrent).min().orElseThrow();
        for (var l : limits)
          assertThat(table.held(l.scope())).as("seed " + seed).isLessThanOrEqualTo(most);
      }
    }
  }

  private static void ask(
      Rig rig,
      Permits permits,
      PermitTable table,
      List<Permits.Limit> limits,
      io.fettle.fault.FaultId fault,
      boolean back) {
    rig.faults
        .transactions()
        .executeWithoutResult(t -> {
          List<Permits.Limit> order = back ? limits.reversed() : limits;
          var uses = permits.lockAndLook(order, fault, rig.clock.instant());
          if (Permits.refusal(uses).isEmpty())
            for (var limit : order) table.hold(limit.scope(), fault, rig.clock.instant());
        });
  }
}
