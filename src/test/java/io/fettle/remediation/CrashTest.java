package io.fettle.remediation;

import static io.fettle.fault.FaultState.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.fault.Fault;
import io.fettle.fault.FaultState;
import io.fettle.remediation.Cards.Execution;
import io.fettle.remediation.Cards.Manner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The process dies at each numbered point of the way an action takes, and a new one starts on the
 * same database. The truth is the journal of the machines, which no engine can write to.
 */
class CrashTest {
  private static final int SEEDS = Integer.getInteger("fettle.crash.seeds", 340);
  private static final int SEEDS_PER_DATABASE = 85;

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
    private int left;
    private boolean dead;

    Death(Point point, int passings) {
      this.point = point;
      this.left = passings;
    }

    @Override
    public void at(Point here) {
      if (!dead && (here != point || --left > 0)) return;
      dead = true;
      throw new Killed();
    }
  }

  private final Set<Crash.Point> died = EnumSet.noneOf(Crash.Point.class);

  @Test
  void noDeathMakesAnActionHappenTwiceOrAFaultGetLostOrStuck() {
    for (int first = 0; first < SEEDS; first += SEEDS_PER_DATABASE) {
      try (Rig rig = new Rig()) {
        for (int seed = first; seed < Math.min(SEEDS, first + SEEDS_PER_DATABASE); seed++)
          live(rig, seed);
      }
    }
    assertThat(died)
        .as("points at which a process really died")
        .isEqualTo(EnumSet.allOf(Crash.Point.class));
  }

  /** The lost Fettle went on after the backup, and its later step cured the machine. */
  @Test
  void afterARestoreNoLaterStepIsSentBlindly() {
    try (Rig rig = new Rig()) {
      rig.runbookFiles.put("set-mode.yml", Rig.SET_MODE + "  - {action: test.kick}\n");
      Fault fault = rig.fault(Manner.PRETENDS);
      Rig.Node lost = rig.new Node(new Death(Crash.Point.AFTER_RESULT, 1), Rig.inline());
      assertThat(dies(rig, lost, List.of(fault), new Random(1))).isTrue();
      assertThat(rig.cards.journal(fault.machine())).hasSize(1);

      new RepairsAfterRestore(new RunTable(rig.jdbc)).restored(rig.clock.instant());
      rig.cards.heal(fault.machine(), true);
      rig.clock.forward(Duration.ofMinutes(10));
      rig.until(rig.node(), fault.id(), RECOVERED);

      assertThat(rig.cards.journal(fault.machine())).as("nothing more was sent").hasSize(1);
    }
  }

  private void live(Rig rig, int seed) {
    Random random = new Random(seed);
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(3); i++)
      faults.add(rig.fault("R" + seed + "-" + i, manners(random)));
    Crash.Point[] points = Crash.Point.values();
    Crash.Point next = points[seed % points.length];
    for (int deaths = 0; deaths <= 3; deaths++) {
      Crash crash = deaths == 3 ? Crash.none() : new Death(next, 1 + random.nextInt(2));
      Rig.Node node = rig.new Node(crash, Rig.inline());
      if (!dies(rig, node, faults, random)) break;
      died.add(next);
      next = points[random.nextInt(points.length)];
      rig.clock.forward(Duration.ofMillis(random.nextInt(20_000)));
    }
    Rig.Node last = rig.node();
    for (Fault fault : faults) {
      FaultState end = rig.until(last, fault.id(), RECOVERED, ESCALATED);
      truth(rig, fault, end, seed);
    }
    assertThat(rig.count("select count(*) from remediation.run where ended_at is null")).isZero();
    assertThat(rig.count("select count(*) from remediation.hold")).isZero();
    assertThat(rig.count("select count(*) from remediation.verification")).isZero();
  }

  private static Manner[] manners(Random random) {
    Manner[] all = Manner.values();
    Manner[] manners = new Manner[1 + random.nextInt(3)];
    for (int i = 0; i < manners.length; i++) manners[i] = all[random.nextInt(all.length)];
    return manners;
  }

  private static boolean dies(Rig rig, Rig.Node node, List<Fault> faults, Random random) {
    try {
      for (int second = 0; second < 240 && !ended(rig, faults); second++) {
        node.engine.sweep();
        faults.forEach(fault -> rig.fold(fault.id()));
        rig.clock.forward(Duration.ofSeconds(1 + random.nextInt(4)));
      }
      return false;
    } catch (Killed e) {
      return true;
    }
  }

  private static boolean ended(Rig rig, List<Fault> faults) {
    return faults.stream()
        .allMatch(f -> EnumSet.of(RECOVERED, ESCALATED).contains(rig.state(f.id())));
  }

  private static void truth(Rig rig, Fault fault, FaultState end, int seed) {
    String about = "seed " + seed + " " + fault.id() + " " + rig.story(fault.id());
    List<Execution> done = rig.cards.journal(fault.machine());
    assertThat(rig.cards.healthy(fault.machine())).as(about).isEqualTo(end == RECOVERED);
    assertThat(done.stream().filter(e -> e.healthyBefore() && e.tookEffect()))
        .as("an effect brought about twice: " + about)
        .isEmpty();
    assertThat(done.stream().filter(e -> e.healthyBefore()))
        .as("sent to a machine that was healthy: " + about)
        .isEmpty();
    long kicks = done.stream().filter(e -> e.action().equals("test.kick")).count();
    assertThat(kicks).as("what must never be repeated: " + about).isLessThanOrEqualTo(1);
    long written = attempts(rig, fault, "a.status <> 'NOT_SENT'");
    assertThat(done.size())
        .as("each execution was on disk before: " + about)
        .isLessThanOrEqualTo((int) written);
    long effects = done.stream().filter(Execution::tookEffect).count();
    assertThat(attempts(rig, fault, "a.status = 'PRESENT'"))
        .as("what the tables call present is present: " + about)
        .isLessThanOrEqualTo(effects);
    long absent = attempts(rig, fault, "a.status = 'ABSENT'");
    long without = written - effects;
    assertThat(absent)
        .as("what the tables call absent is absent: " + about)
        .isLessThanOrEqualTo(without);
  }

  private static long attempts(Rig rig, Fault fault, String where) {
    return rig.count(
        "select count(*) from remediation.attempt a join remediation.run r on r.id = a.run_id"
            + " where r.fault_id = "
            + fault.id().value()
            + " and "
            + where);
  }

  @Test
  void aProcessThatSleepsBeforeTheWireWakesTooLateToSend() throws Exception {
    try (Rig rig = new Rig()) {
      Fault fault = rig.fault(Manner.WORKS);
      var asleep = new java.util.concurrent.CountDownLatch(1);
      var wake = new java.util.concurrent.CountDownLatch(1);
      Rig.Node sleeper =
          rig
          .new Node(
              point -> {
                if (point != Crash.Point.BEFORE_SEND) return;
                asleep.countDown();
                try {
                  wake.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              },
              Rig.inline());
      Thread thread = Thread.ofVirtual().start(sleeper.engine::sweep);
      asleep.await();

      rig.until(rig.node(), fault.id(), RECOVERED);
      wake.countDown();
      thread.join();

      assertThat(rig.cards.journal()).hasSize(1);
      assertThat(rig.state(fault.id())).isEqualTo(RECOVERED);
      assertThat(
              rig.jdbc
                  .sql("select status from remediation.attempt order by id")
                  .query(String.class)
                  .list())
          .containsExactly("ABSENT", "DONE");
    }
  }
}
