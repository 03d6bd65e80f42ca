package io.fettle.remediation;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.fault.FaultId;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.remediation.action.BulkLeases;
import io.fettle.remediation.action.BulkLeases.Budget;
import io.fettle.remediation.action.BulkLeases.Taken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs and repairs in one budget: neither has more than its part, and neither waits for ever. */
class JobPermitsTest {
  private final Rig rig = new Rig();
  private RemediationSettings settings = TestLeases.settings(4, 10, 2);
  private final PermitTable table = new PermitTable(rig.jdbc);
  private final JobPermitTable jobs = new JobPermitTable(rig.jdbc);
  private Permits permits = new Permits(table, jobs, settings);
  private BulkLeases leases = leases();

  private BulkLeases leases() {
    return new ManyLeases(
        new PolicyTable(rig.jdbc),
        new RunTable(rig.jdbc),
        new LeaseTable(rig.jdbc),
        new JobPermits(table, jobs, rig.register, settings, rig.clock),
        rig.pulse,
        rig.clock);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private List<AssetId> machines(int count) {
    List<AssetId> all = new ArrayList<>();
    for (int i = 0; i < count; i++) all.add(rig.register.add("J" + i, "R" + i, "dedicated"));
    return all;
  }

  private Taken take(List<AssetId> machines) {
    return take(machines, Budget.CHANGES);
  }

  private Taken take(List<AssetId> machines, Budget budget) {
    return Objects.requireNonNull(
        rig.faults
            .transactions()
            .execute(t -> leases.take(machines, budget, rig.clock.instant().plusSeconds(60))));
  }

  private static String words(Taken taken) {
    return taken.waits().map(Label::en).orElse("");
  }

  /** A repair asks for a place as Start does. */
  private boolean repair(long fault) {
    var global =
        List.of(
            new Permits.Limit(
                "global",
                "global",
                settings.globalConcurrent(),
                java.util.Optional.of(
                    new Policy.Rate(settings.globalCount(), settings.globalWindow()))));
    return Boolean.TRUE.equals(
        rig.faults
            .transactions()
            .execute(t -> {
              var uses = permits.lockAndLook(global, new FaultId(fault), rig.clock.instant());
              if (Permits.refusal(uses).isPresent()) return false;
              table.hold("global", new FaultId(fault), rig.clock.instant());
              return true;
            }));
  }

  @Test
  void jobsHaveTheirShareAndRepairsTheRest() {
    Taken taken = take(machines(5));

    assertThat(taken.fences()).hasSize(2);
    assertThat(taken.busy()).isEmpty();
    assertThat(words(taken))
        .isEqualTo("waits for a permit: jobs change at most 2 machines at a time");
    assertThat(repair(1)).isTrue();
    assertThat(repair(2)).isTrue();
    assertThat(repair(3)).as("two of four are the job's").isFalse();

    leases.end(taken.fences());

    assertThat(repair(3)).isTrue();
  }

  @Test
  void whereRepairsHaveItAllTheirPlacesGoToTheJobThatWaits() {
    List<AssetId> machines = machines(3);
    for (long fault = 1; fault <= 4; fault++) assertThat(repair(fault)).isTrue();
    Taken none = take(machines);
    assertThat(none.fences()).isEmpty();
    assertThat(words(none)).isEqualTo("waits for a permit: repairs have the budget now");

    table.release(new FaultId(1));
    assertThat(repair(5)).as("the job was there first").isFalse();
    assertThat(take(machines).fences()).hasSize(1);
    table.release(new FaultId(2));
    assertThat(repair(6)).isFalse();
    assertThat(take(machines.subList(1, 3)).fences()).hasSize(1);
    table.release(new FaultId(3));
    assertThat(repair(7)).as("jobs have their share now").isTrue();
  }

  @Test
  void aJobThatAsksNoMoreKeepsNothingFree() {
    for (long fault = 1; fault <= 4; fault++) repair(fault);
    take(machines(1));
    table.release(new FaultId(1));
    assertThat(repair(5)).isFalse();

    rig.clock.forward(Duration.ofSeconds(11));

    assertThat(repair(5)).isTrue();
  }

  @Test
  void aPlaceEndsWithItsLeaseWhateverBecameOfTheProcess() {
    List<AssetId> machines = machines(3);
    Map<AssetId, Long> fences = take(machines).fences();
    assertThat(jobs.held("global", rig.clock.instant())).isEqualTo(2);

    rig.clock.forward(Duration.ofSeconds(61));

    assertThat(jobs.held("global", rig.clock.instant())).isZero();
    AssetId again = fences.keySet().iterator().next();
    assertThat(
            table.take(again, "repair", rig.clock.instant(), rig.clock.instant().plusSeconds(60)))
        .isPresent();
    assertThat(jobs.held("global", rig.clock.instant()))
        .as("a repair's lease is no job's")
        .isZero();
  }

  @Test
  void theRateHoldsInAWindowAndComesBack() {
    for (AssetId machine : machines(5)) leases.end(take(List.of(machine)).fences());
    Taken sixth = take(machines(1));
    assertThat(sixth.fences()).isEmpty();
    assertThat(words(sixth)).isEqualTo("waits for a permit: jobs change at most 5 machines in 1h");

    rig.clock.forward(Duration.ofMinutes(61));

    assertThat(take(machines(1)).fences()).hasSize(1);
  }

  @Test
  void ofOneRackOnlySoManyAndRepairsThereCount() {
    List<AssetId> rack = new ArrayList<>();
    for (int i = 0; i < 3; i++) rack.add(rig.register.add("K" + i, "SAME", "dedicated"));
    String scope = "rack:" + Permits.rack(rig.register.machine(rack.getFirst()).orElseThrow());
    table.lock(List.of(scope));
    table.hold(scope, new FaultId(9), rig.clock.instant());

    Taken taken = take(rack);

    assertThat(taken.fences()).hasSize(1);
    assertThat(words(taken)).contains("of one rack");
    var limit = new Permits.Limit(scope, "rack", 2, java.util.Optional.empty());
    var uses = permits.uses(List.of(limit), new FaultId(10), rig.clock.instant());
    assertThat(Permits.refusal(uses)).as("a repair there sees the job").isPresent();
  }

  @Test
  void commandsAndLooksTakeNothingFromRepairs() {
    assertThat(take(machines(6), Budget.COMMANDS).fences()).hasSize(6);
    assertThat(take(machines(6), Budget.NONE).fences()).hasSize(6);
    for (long fault = 1; fault <= 4; fault++) assertThat(repair(fault)).isTrue();
  }

  /** Jobs and repairs come and go at random, from several threads: never one place too many. */
  @Test
  void noScheduleOfAskingGetsMoreThanThereIs() throws Exception {
    settings = TestLeases.settings(4, 100_000, 2);
    permits = new Permits(table, jobs, settings);
    leases = leases();
    List<AssetId> machines = machines(12);
    List<String> wrong = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      Random random = new Random(n);
      int who = n;
      threads.add(Thread.ofVirtual().start(() -> schedule(random, who, machines, wrong)));
    }
    for (Thread thread : threads) thread.join();
    assertThat(wrong).isEmpty();
    assertThat(jobs.held("global", rig.clock.instant())).isZero();
  }

  private void schedule(Random random, int who, List<AssetId> machines, List<String> wrong) {
    for (int i = 0; i < 60; i++) {
      if (random.nextBoolean()) {
        long fault = 100 * (who + 1) + i;
        if (repair(fault)) table.release(new FaultId(fault));
      } else {
        int from = random.nextInt(8);
        Map<AssetId, Long> fences = take(machines.subList(from, from + 4)).fences();
        leases.end(fences);
      }
      rig.faults
          .transactions()
          .executeWithoutResult(t -> {
            table.lock(List.of("global"));
            int byJobs = jobs.held("global", rig.clock.instant());
            int byRepairs = table.held("global");
            if (byJobs > 2 || byJobs + byRepairs > 4) wrong.add(byJobs + " and " + byRepairs);
          });
    }
  }
}
