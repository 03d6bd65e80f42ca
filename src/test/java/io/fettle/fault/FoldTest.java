package io.fettle.fault;

import static io.fettle.kernel.Verdict.BAD;
import static io.fettle.kernel.Verdict.OK;
import static io.fettle.kernel.Verdict.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.monitoring.Observation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FoldTest {
  private final FaultRig rig = new FaultRig();
  private final AssetId machine = rig.register.machine("A0001", "SH1", "A07");

  @Test
  void theFirstBadIsASuspectAndIsLookedAtAgainSoon() {
    rig.slot(machine, "", BAD);

    Fault fault = rig.open(machine).orElseThrow();
    assertThat(fault.state()).isEqualTo(FaultState.SUSPECT);
    assertThat(fault.summary().en()).isEqualTo("wrong mode");
    assertThat(fault.evidence()).containsEntry("mode", 2);
    assertThat(rig.monitoring.lookedAgain).containsExactly(machine);
  }

  @Test
  void okBeforeConfirmationForgetsTheSuspect() {
    rig.slot(machine, "", BAD);
    rig.slot(machine, "", OK);

    assertThat(rig.open(machine)).isEmpty();
    assertThat(rig.table.counts(null)).isEmpty();
    assertThat(rig.db.sql("select flap_score from fault.finding").query(Double.class).single())
        .isEqualTo(1.0);
  }

  @Test
  void kOfNConfirmsAndTheStoryShowsTheSlots() {
    rig.slot(machine, "", BAD);
    rig.slot(machine, "", UNKNOWN);
    rig.slot(machine, "", BAD);
    rig.slot(machine, "", BAD);

    Fault fault = rig.open(machine).orElseThrow();
    assertThat(fault.state()).isEqualTo(FaultState.CONFIRMED);
    assertThat(fault.confirmedAt()).isEqualTo(rig.clock.instant());
    StoryEntry confirmed = rig.book.story(fault.id()).getLast();
    assertThat(confirmed.kind()).isEqualTo("confirmed");
    assertThat((List<?>) confirmed.details().get("slots")).hasSize(4);
  }

  @Test
  void aConfirmedFaultThatIsOkWithoutAGapRecoversByItself() {
    confirm(machine);

    rig.slot(machine, "", OK);
    rig.clock.forward(Duration.ofMinutes(20));
    rig.slot(machine, "", OK);
    assertThat(rig.open(machine).orElseThrow().state()).isEqualTo(FaultState.CONFIRMED);
    rig.slot(machine, "", OK);

    Fault fault = rig.open(machine).orElseThrow();
    assertThat(fault.state()).isEqualTo(FaultState.RECOVERED);
    assertThat(fault.fixedBy()).isEqualTo("self");
  }

  @Test
  void aRelapseIsConfirmedByFreshBadOnly() {
    confirm(machine);
    rig.slot(machine, "", OK);
    rig.slot(machine, "", OK);
    assertThat(rig.open(machine).orElseThrow().state()).isEqualTo(FaultState.RECOVERED);

    rig.slot(machine, "", BAD);
    rig.slot(machine, "", BAD);
    assertThat(rig.open(machine).orElseThrow().state()).isEqualTo(FaultState.RECOVERED);
    rig.slot(machine, "", BAD);

    Fault fault = rig.open(machine).orElseThrow();
    assertThat(fault.state()).isEqualTo(FaultState.CONFIRMED);
    assertThat(fault.relapses()).isEqualTo(1);
    assertThat(fault.recoveredAt()).isNull();
    assertThat(fault.fixedBy()).isNull();
  }

  @Test
  void aRepairInFlightIsLeftToRemediation() {
    Fault fault = confirm(machine);
    Fault running =
        advance(advance(fault, Edge.E12, FaultState.PLANNED), Edge.E19, FaultState.RUNNING);

    for (int i = 0; i < 6; i++) rig.slot(machine, "", i < 3 ? OK : BAD);

    assertThat(rig.book.find(fault.id())).contains(running);
  }

  @Test
  void anEscalatedFaultRecoversWhenTheCheckSeesItGone() {
    Fault fault = confirm(machine);
    advance(fault, Edge.E10, FaultState.ESCALATED);

    rig.slot(machine, "", OK);
    rig.slot(machine, "", OK);

    assertThat(rig.open(machine).orElseThrow().state()).isEqualTo(FaultState.RECOVERED);
  }

  @Test
  void healthyObservationsCostNoStatement() {
    rig.slot(machine, "", OK);
    rig.db.sql("alter table fault.fault rename to gone").update();
    rig.db.sql("alter table fault.finding rename to gone_too").update();

    rig.slot(machine, "", OK);
    rig.slot(machine, "", UNKNOWN);

    assertThat(rig.findings.size()).isZero();
  }

  @Test
  void aBatchThatFailedComesAgainAndChangesNothingTwice() {
    Observation bad = rig.observation(machine, "", BAD);
    rig.fold.accept(List.of(rig.observation(machine, "", UNKNOWN)));
    rig.db.sql("alter table fault.story rename to gone").update();
    assertThat(catching(() -> rig.fold.accept(List.of(bad)))).isNotEmpty();
    assertThat(rig.open(machine)).isEmpty();
    rig.db.sql("alter table fault.gone rename to story").update();

    rig.fold.accept(List.of(bad));
    rig.fold.accept(List.of(bad));

    Fault fault = rig.open(machine).orElseThrow();
    assertThat(fault.state()).isEqualTo(FaultState.SUSPECT);
    assertThat(rig.book.story(fault.id())).hasSize(1);
  }

  @Test
  void aLateBadDoesNotAccuseAMachineSeenFineSince() {
    Observation late = rig.observation(machine, "", BAD);
    rig.slot(machine, "", OK);

    rig.fold.accept(List.of(late));

    assertThat(rig.open(machine)).isEmpty();
  }

  @Test
  void componentsAreFaultsOfTheirOwn() {
    for (int i = 0; i < 3; i++) {
      rig.clock.forward(Duration.ofMinutes(5));
      rig.fold.accept(
          List.of(
              rig.observation(machine, "/var", BAD),
              rig.observation(machine, "/home", BAD),
              rig.observation(machine, "/", OK)));
    }

    assertThat(rig.table.openOn(List.of(machine)))
        .extracting(Fault::component, Fault::state)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("/var", FaultState.CONFIRMED),
            org.assertj.core.groups.Tuple.tuple("/home", FaultState.CONFIRMED));
  }

  @Test
  void aWholeMachineThatIsOkSpeaksForItsComponents() {
    for (int i = 0; i < 3; i++) rig.slot(machine, "nginx.service", BAD);
    rig.slot(machine, "", OK);
    rig.slot(machine, "", OK);

    assertThat(rig.open(machine).orElseThrow().state()).isEqualTo(FaultState.RECOVERED);
  }

  @Test
  void aComponentThatIsNotReportedAnyMoreIsWithdrawn() {
    for (int i = 0; i < 3; i++) rig.slot(machine, "/var", BAD);
    FaultId id = rig.open(machine).orElseThrow().id();

    for (int i = 0; i < 3; i++) rig.slot(machine, "/", OK);

    Fault closed = rig.book.find(id).orElseThrow();
    assertThat(closed.state()).isEqualTo(FaultState.CLOSED);
    assertThat(closed.fixedBy()).isNull();
  }

  @Test
  void aCheckWithNothingToSayWithdrawsItsFaults() {
    Fault fault = confirm(machine);

    for (int i = 0; i < 3; i++) rig.fold.nothingToSay(machine, "bmc.nic_mode");

    assertThat(rig.book.find(fault.id()).orElseThrow().state()).isEqualTo(FaultState.CLOSED);
  }

  @Test
  void aMachineInMaintenanceIsHeldAndReleasedByAFreshBad() {
    rig.maintenance.on(machine, rig.clock.instant().plus(Duration.ofHours(2)));
    for (int i = 0; i < 3; i++) rig.slot(machine, "", BAD);
    Fault held = rig.open(machine).orElseThrow();
    assertThat(held.state()).isEqualTo(FaultState.HELD);
    assertThat(held.heldFor()).isEqualTo("maintenance");
    assertThat(rig.book.suppressedFor(held)).contains("maintenance");

    rig.slot(machine, "", BAD);
    assertThat(rig.open(machine).orElseThrow().state()).isEqualTo(FaultState.HELD);
    rig.maintenance.over(machine);
    rig.slot(machine, "", BAD);

    Fault released = rig.open(machine).orElseThrow();
    assertThat(released.state()).isEqualTo(FaultState.CONFIRMED);
    assertThat(released.heldFor()).isNull();
    assertThat(released.confirmedAt()).isEqualTo(held.confirmedAt());
  }

  @Test
  void aMachineUnderRepairIsLeftToThoseWhoRepairIt() {
    Fault fault = confirm(machine);
    rig.register.lifecycle(machine, "maintenance");
    rig.pass();

    Fault held = rig.book.find(fault.id()).orElseThrow();
    assertThat(held.state()).isEqualTo(FaultState.HELD);
    assertThat(held.heldFor()).isEqualTo("maintenance");
    assertThat(rig.book.suppressedFor(held)).contains("maintenance");
    assertThat(held.deadlineAt()).isAfter(rig.clock.instant().plus(Duration.ofDays(7)));
    rig.slot(machine, "", BAD);
    assertThat(rig.open(machine).orElseThrow().state()).isEqualTo(FaultState.HELD);

    rig.register.lifecycle(machine, "in_service");
    rig.slot(machine, "", BAD);
    assertThat(rig.open(machine).orElseThrow().state()).isEqualTo(FaultState.CONFIRMED);
  }

  @Test
  void whatFlapsIsHeld() {
    for (int i = 0; i < 5; i++) {
      rig.clock.forward(Duration.ofSeconds(10));
      rig.fold.accept(List.of(rig.observation(machine, "", BAD)));
      rig.clock.forward(Duration.ofSeconds(10));
      rig.fold.accept(List.of(rig.observation(machine, "", OK)));
    }
    for (int i = 0; i < 3; i++) {
      rig.clock.forward(Duration.ofSeconds(10));
      rig.fold.accept(List.of(rig.observation(machine, "", BAD)));
    }

    Fault held = rig.open(machine).orElseThrow();
    assertThat(held.state()).isEqualTo(FaultState.HELD);
    assertThat(held.heldFor()).isEqualTo("flapping");

    rig.clock.forward(Duration.ofHours(3));
    for (int i = 0; i < 2; i++) rig.slot(machine, "", BAD);
    assertThat(rig.open(machine).orElseThrow().state()).isEqualTo(FaultState.CONFIRMED);
  }

  @Test
  void aLemonGoesToAPersonAtOnce() {
    Fault fault = confirm(machine);
    rig.db.sql("update fault.fault set relapses = 3").update();
    advance(fault, Edge.E11, FaultState.RECOVERED, "run");
    advance(rig.open(machine).orElseThrow(), Edge.E30, FaultState.CLOSED, null);
    rig.clock.forward(Duration.ofDays(3));
    rig.slot(machine, "", OK);

    for (int i = 0; i < 3; i++) rig.slot(machine, "", BAD);

    Fault lemon = rig.open(machine).orElseThrow();
    assertThat(lemon.id()).isNotEqualTo(fault.id());
    assertThat(lemon.relapses()).isEqualTo(4);
    assertThat(lemon.state()).isEqualTo(FaultState.ESCALATED);
    assertThat(rig.book.earlier(lemon, Duration.ofDays(30)))
        .extracting(Fault::id)
        .containsExactly(fault.id());
  }

  @Test
  void aSuspectSurvivesTheDeathOfTheProcess() {
    rig.slot(machine, "", BAD);
    rig.slot(machine, "", BAD);

    FaultRig next = rig.restarted();
    next.slot(machine, "", BAD);

    assertThat(next.open(machine).orElseThrow().state()).isEqualTo(FaultState.CONFIRMED);
  }

  @Test
  void whatAnotherNodeMovedIsSeenBeforeTheNextEdge() {
    Fault fault = confirm(machine);
    FaultRig other = rig.restarted();
    other.book.advance(
        fault.id(),
        fault.version(),
        Edge.E10,
        FaultState.ESCALATED,
        Cause.of(Actor.system("other"), Label.same("x"), Map.of()));

    rig.slot(machine, "", OK);
    rig.slot(machine, "", OK);

    Fault recovered = rig.open(machine).orElseThrow();
    assertThat(recovered.state()).isEqualTo(FaultState.RECOVERED);
    assertThat(rig.book.story(fault.id()).getLast().details()).containsEntry("edge", 36);
  }

  @Test
  void twentyThousandHealthyObservationsASecond() {
    List<AssetId> machines = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) machines.add(new AssetId(new java.util.UUID(7, i)));
    List<List<Observation>> batches = new ArrayList<>();
    for (int b = 0; b < 100; b++) {
      List<Observation> batch = new ArrayList<>();
      for (int i = 0; i < 1_000; i++)
        batch.add(rig.observation(machines.get((b * 1_000 + i) % 2_000), "", OK));
      batches.add(batch);
      rig.clock.forward(Duration.ofSeconds(1));
    }
    batches.forEach(rig.fold::accept);

    long start = System.nanoTime();
    batches.forEach(rig.fold::accept);
    double seconds = (System.nanoTime() - start) / 1e9;

    System.out.printf("fold: %.0f healthy observations/s%n", 100_000 / seconds);
    assertThat(100_000 / seconds).isGreaterThan(20_000);
  }

  private Fault confirm(AssetId machine) {
    for (int i = 0; i < 3; i++) rig.slot(machine, "", BAD);
    Fault fault = rig.open(machine).orElseThrow();
    assertThat(fault.state()).isEqualTo(FaultState.CONFIRMED);
    return fault;
  }

  private Fault advance(Fault fault, Edge edge, FaultState to) {
    return advance(fault, edge, to, null);
  }

  private Fault advance(
      Fault fault, Edge edge, FaultState to, @org.jspecify.annotations.Nullable String fixedBy) {
    return rig.book
        .advance(
            fault.id(),
            fault.version(),
            edge,
            to,
            new Cause(
                Actor.system("test"), Label.same("t"), Map.of(), null, null, null, null, fixedBy))
        .orElseThrow();
  }

  private static Optional<RuntimeException> catching(Runnable work) {
    try {
      work.run();
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(e);
    }
  }
}
