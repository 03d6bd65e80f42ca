package io.fettle.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Label;
import io.fettle.remediation.TestLeases;
import io.fettle.remediation.action.Action;
import io.fettle.support.TestPostgres;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** How fast a job goes, as the machines of a real sshd saw it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PacingTest {
  private static final int MACHINES = 10;

  /** A line when it begins and one when it ends, by the address it came to. */
  private static final String STAMPS =
      """
      me=$(echo ${SSH_CONNECTION% *} | cut -d' ' -f3)
      echo "in $me" >>stamps; sleep 0.25; echo "out $me" >>stamps
      """;

  private JobBed bed;
  private Engine engine;

  @BeforeAll
  void open() {
    bed = new JobBed(TestPostgres.fresh(), MACHINES, 76);
    engine = new Engine(bed.desk(Crash.none()));
  }

  @AfterAll
  void close() {
    engine.close();
    bed.close();
  }

  private static Order order(int width, int perRack, int perService) {
    return order(List.of(1_000), width, perRack, perService, Duration.ZERO, Duration.ofHours(1));
  }

  private static Order order(
      List<Integer> steps, int width, int perRack, int perService, Duration pause, Duration total) {
    return new Order(
        steps, width, perRack, perService, false, pause, Duration.ofMinutes(1), total, 1);
  }

  private void runs(JobId job) throws InterruptedException {
    bed.until("it ends", engine, () -> bed.ended(job));
    assertThat(bed.items(job)).allMatch(item -> item.verdict() == Verdict.OK);
  }

  /** The most machines at a time of one group. */
  private int most(IntFunction<String> group) {
    Map<String, Integer> now = new HashMap<>();
    int most = 0;
    for (String line : bed.machines.sshd.sh("cat /home/bat/stamps").lines().toList()) {
      int no = Integer.parseInt(line.substring(line.lastIndexOf('.') + 1)) - 1;
      most =
          Math.max(most, now.merge(group.apply(no), line.startsWith("in") ? 1 : -1, Integer::sum));
    }
    return most;
  }

  private long stamped(String what) {
    return bed.machines
        .sshd
        .sh("cat /home/bat/stamps 2>/dev/null || true")
        .lines()
        .filter(line -> line.startsWith(what))
        .count();
  }

  private JobId stamping(Order order) {
    bed.machines.sshd.sh("rm -f /home/bat/stamps");
    return bed.job(JobKind.COMMAND, STAMPS, order);
  }

  @Test
  void noRackHasMoreThanItsNumberAtATime() throws Exception {
    runs(stamping(order(8, 1, 0)));

    assertThat(most(JobBed::rack)).isEqualTo(1);
    assertThat(most(no -> "all")).as("the racks go side by side").isEqualTo(2);
  }

  @Test
  void noServiceHasMoreThanItsNumberAtATime() throws Exception {
    runs(stamping(order(8, 0, 2)));

    assertThat(most(JobBed::service)).isEqualTo(2);
    assertThat(most(no -> "all")).isBetween(3, 6);
  }

  @Test
  void theTimeInAllBeginsNothingMoreAndKillsNothing() throws Exception {
    Duration total = Duration.ofMinutes(10);
    JobId job = stamping(order(List.of(1_000), 3, 0, 0, Duration.ZERO, total));
    bed.until("three are at work", engine, () -> stamped("in") == 3);
    bed.clock.forward(total);
    bed.until("it ends", engine, () -> bed.ended(job));

    assertThat(bed.now(job).outcome()).isEqualTo("OUT_OF_TIME");
    Map<Verdict, Long> ends = ends(job);
    assertThat(ends.keySet()).containsExactlyInAnyOrder(Verdict.OK, Verdict.NOT_STARTED);
    assertThat(ends.get(Verdict.OK)).isBetween(3L, 6L);
    assertThat(most(no -> "all")).isLessThanOrEqualTo(3);
    assertThat(stamped("out")).isEqualTo(ends.get(Verdict.OK));
  }

  @Test
  void betweenTwoStepsItPausesAsLongAsItWasTold() throws Exception {
    Duration pause = Duration.ofMinutes(30);
    JobId job = stamping(order(List.of(2, 1_000), 8, 0, 0, pause, Duration.ofHours(5)));
    bed.until("the pause began", engine, () -> bed.now(job).goOnAt() != null);
    assertThat(ends(job)).isEqualTo(Map.of(Verdict.OK, 2L));

    bed.clock.forward(pause.minusMinutes(10));
    for (int i = 0; i < 10; i++) {
      engine.sweep();
      java.util.concurrent.TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(in(job, Item.State.QUEUED)).isEqualTo(MACHINES - 2);

    bed.clock.forward(Duration.ofMinutes(11));
    runs(job);
  }

  @Test
  void changesWaitForAPermitWhileRepairsHaveThemAndThenHaveNoMoreThanTheirShare() throws Exception {
    for (long repair = 1; repair <= 2L * TestLeases.JOBS; repair++) bed.permits.repair(repair);
    bed.machines.forget();
    JobId job = bed.job(JobKind.ACTION, "test.touch", order(8, 0, 0));
    bed.until("it waits", engine, () -> bed.now(job).waits() != null);
    Label waits = bed.now(job).waits();

    assertThat(String.valueOf(waits)).contains("waits for a permit: repairs have the budget");
    assertThat(in(job, Item.State.QUEUED)).isEqualTo(MACHINES);
    JobId command = bed.job(JobKind.COMMAND, "echo done", order(8, 0, 0));
    runs(command);

    for (long repair = 1; repair <= 2L * TestLeases.JOBS; repair++) bed.permits.repaired(repair);
    Set<Integer> seen = new HashSet<>();
    bed.until(
        "it ends",
        engine,
        () -> {
          seen.add(bed.permits.places());
          return bed.ended(job);
        });
    assertThat(seen).allMatch(n -> n <= TestLeases.JOBS).anyMatch(n -> n > 0);
    bed.assertTrue(job, "with permits");
    assertThat(bed.now(job).waits()).isNull();
    assertThat(bed.permits.places()).isZero();
  }

  @Test
  void aMachineThatARepairHasIsWaitedForAndSkippedInTheEnd() throws Exception {
    var first = bed.machines.ids().getFirst();
    var second = bed.machines.ids().get(1);
    bed.permits.occupy(first, bed.clock.instant().plusSeconds(20));
    bed.permits.occupy(second, bed.clock.instant().plus(Duration.ofHours(2)));
    bed.machines.forget();
    JobId job = bed.job(JobKind.COMMAND, Machines.WRITE_DOWN + "echo done", order(8, 0, 0));
    bed.until("the others ended", engine, () -> in(job, Item.State.ENDED) == MACHINES - 2);
    bed.clock.forward(Duration.ofSeconds(25));
    bed.until("the first has its turn", engine, () -> in(job, Item.State.ENDED) == MACHINES - 1);
    bed.clock.forward(Duration.ofMinutes(3));
    bed.until("it ends", engine, () -> bed.ended(job));

    assertThat(ends(job)).isEqualTo(Map.of(Verdict.OK, MACHINES - 1L, Verdict.SKIPPED, 1L));
    Item skipped = bed.items(job).get(1);
    assertThat(String.valueOf(skipped.why())).contains("Another run has had the machine");
    assertThat(bed.machines.journal()).doesNotContainKey(bed.machines.host(second));
    bed.clock.forward(Duration.ofHours(3));
  }

  @Test
  void whatASecondLookDoesNotShowIsNotCalledOk() throws Exception {
    bed.add(JobBed.touch("test.claims", Action.Presence.ABSENT));
    bed.add(JobBed.touch("test.blind", Action.Presence.UNKNOWN));
    JobId claims = bed.job(JobKind.ACTION, "test.claims", order(8, 0, 0));
    bed.until("it ends", engine, () -> bed.ended(claims));
    JobId blind = bed.job(JobKind.ACTION, "test.blind", order(8, 0, 0));
    runs(blind);

    assertThat(ends(claims)).isEqualTo(Map.of(Verdict.UNPROVEN, (long) MACHINES));
    assertThat(String.valueOf(bed.items(claims).getFirst().why())).contains("a second look");
    EffectTable effects = new EffectTable(bed.jdbc);
    assertThat(effects.undoable(claims)).isEmpty();
    assertThat(effects.undoable(blind)).hasSize(MACHINES);
  }

  private long in(JobId job, Item.State state) {
    return bed.items(job).stream().filter(item -> item.state() == state).count();
  }

  private Map<Verdict, Long> ends(JobId job) {
    Map<Verdict, Long> ends = new HashMap<>();
    for (Item item : bed.items(job))
      if (item.verdict() != null) ends.merge(item.verdict(), 1L, Long::sum);
    return ends;
  }
}
