package io.fettle.fault;

import static io.fettle.kernel.Verdict.BAD;
import static io.fettle.kernel.Verdict.OK;
import static io.fettle.kernel.Verdict.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Viewer;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FaultTickTest {
  private final FaultRig rig = new FaultRig();
  private final AssetId machine = rig.register.machine("A0001", "SH1", "A07");

  @Test
  void whatIsStableWithoutAGapIsClosed() {
    Fault fault = recover();

    rig.slot(machine, "", OK);
    rig.pass();
    assertThat(state(fault)).isEqualTo(FaultState.RECOVERED);
    rig.slot(machine, "", OK);
    rig.slot(machine, "", OK);
    rig.pass();

    Fault closed = rig.book.find(fault.id()).orElseThrow();
    assertThat(closed.state()).isEqualTo(FaultState.CLOSED);
    assertThat(closed.fixedBy()).isEqualTo("self");
    assertThat(closed.deadlineAt()).isNull();
    rig.clock.forward(Duration.ofHours(1));
    rig.slot(machine, "", OK);
    assertThat(rig.findings.size()).isZero();
    assertThat(rig.db.sql("select count(*) from fault.finding").query(Long.class).single())
        .isZero();
  }

  @Test
  void silenceClosesNothing() {
    Fault fault = recover();

    for (int i = 0; i < 20; i++) {
      rig.clock.forward(Duration.ofMinutes(10));
      rig.pass();
    }
    assertThat(state(fault)).isEqualTo(FaultState.RECOVERED);

    for (int i = 0; i < 3; i++) {
      rig.slot(machine, "", i == 1 ? UNKNOWN : OK);
      rig.pass();
    }
    assertThat(state(fault)).isEqualTo(FaultState.RECOVERED);
    for (int i = 0; i < 4; i++) {
      rig.slot(machine, "", OK);
      rig.pass();
    }
    assertThat(state(fault)).isEqualTo(FaultState.CLOSED);
  }

  @Test
  void aConfirmedFaultNobodyDecidesAboutGoesToAPerson() {
    Fault fault = confirm();

    rig.clock.forward(Duration.ofMinutes(31));
    rig.tick.quick();

    assertThat(state(fault)).isEqualTo(FaultState.ESCALATED);
    assertThat(rig.book.story(fault.id()).getLast().details()).containsEntry("edge", 10);
  }

  @Test
  void aHoldThatLastsTooLongGoesToAPerson() {
    rig.maintenance.on(machine, rig.clock.instant().plus(Duration.ofDays(1)));
    Fault fault = rig.put(confirmAny(), FaultState.CONFIRMED);
    rig.tick.quick();
    Fault held = rig.book.find(fault.id()).orElseThrow();
    assertThat(held.state()).isEqualTo(FaultState.HELD);
    assertThat(held.deadlineAt()).isAfter(rig.clock.instant().plus(Duration.ofDays(1)));

    rig.clock.forward(Duration.ofHours(29));
    rig.tick.quick();

    assertThat(state(fault)).isEqualTo(FaultState.ESCALATED);
  }

  @Test
  void aFaultNobodyObservesIsStaleAndComesBackWhereItWas() {
    Fault fault = confirm();

    rig.clock.forward(Duration.ofMinutes(21));
    rig.tick.slow();
    assertThat(state(fault)).isEqualTo(FaultState.STALE);
    rig.slot(machine, "", BAD);
    assertThat(state(fault)).isEqualTo(FaultState.CONFIRMED);
  }

  @Test
  void aStaleFaultGoesToAPersonAtLast() {
    Fault fault = confirm();
    rig.clock.forward(Duration.ofMinutes(21));
    rig.tick.slow();

    rig.clock.forward(Duration.ofHours(13));
    rig.tick.quick();

    assertThat(state(fault)).isEqualTo(FaultState.ESCALATED);
  }

  @Test
  void whenTheCollectorSeesTooLittleNoTargetIsBlamed() {
    Fault fault = confirm();
    rig.monitoring.fresh = 700;

    rig.clock.forward(Duration.ofMinutes(21));
    rig.pass();

    assertThat(rig.book.find(fault.id()).orElseThrow().heldFor()).isEqualTo("coverage");
    assertThat(gaps("ended_at is null")).isEqualTo(1);
    rig.tick.slow();
    assertThat(gaps("true")).isEqualTo(1);

    rig.monitoring.fresh = 990;
    rig.slot(machine, "", BAD);
    rig.tick.slow();
    assertThat(gaps("ended_at is null")).isZero();
    rig.slot(machine, "", BAD);
    assertThat(state(fault)).isEqualTo(FaultState.CONFIRMED);
  }

  @Test
  void aSuspectWithoutAVerdictForLongIsStale() {
    rig.slot(machine, "", BAD);
    Fault fault = rig.open(machine).orElseThrow();
    for (int i = 0; i < 7; i++) rig.slot(machine, "", UNKNOWN);

    rig.tick.quick();

    assertThat(state(fault)).isEqualTo(FaultState.STALE);
  }

  @Test
  void anEscalatedFaultIsBroughtToMindAgain() {
    Fault fault = rig.put(confirm(), FaultState.ESCALATED);
    rig.db.sql("update fault.fault set deadline_at = changed_at").update();

    rig.clock.forward(Duration.ofMinutes(1));
    rig.tick.quick();
    rig.tick.quick();

    assertThat(rig.book.story(fault.id()))
        .filteredOn(entry -> entry.kind().equals("reminder"))
        .hasSize(1);
    assertThat(rig.book.find(fault.id()).orElseThrow().deadlineAt())
        .isEqualTo(rig.clock.instant().plus(Duration.ofDays(7)));
  }

  @Test
  void placeAndTeamFollowTheRegister() {
    Fault fault = confirm();
    rig.tick.slow();
    rig.register.put(machine, "A0001", "SH2", "B01", "team-b");

    rig.tick.slow();

    assertThat(
            rig.db
                .sql("select site || rack || team from fault.fault where id = :id")
                .param("id", fault.id().value())
                .query(String.class)
                .single())
        .isEqualTo("SH2B01team-b");
  }

  @Test
  void faultsOfOtherStatesAreNotTouchedByPassedDeadlines() {
    Fault fault = rig.put(confirm(), FaultState.RUNNING);

    rig.clock.forward(Duration.ofDays(1));
    rig.pass();

    assertThat(rig.book.find(fault.id())).contains(fault);
    assertThat(rig.book.counts(Viewer.system("t")).keySet()).isEqualTo(Set.of(FaultState.RUNNING));
  }

  private Fault confirm() {
    for (int i = 0; i < 3; i++) rig.slot(machine, "", BAD);
    Fault fault = rig.open(machine).orElseThrow();
    assertThat(fault.state()).isEqualTo(FaultState.CONFIRMED);
    return fault;
  }

  private Fault confirmAny() {
    for (int i = 0; i < 3; i++) rig.slot(machine, "", BAD);
    return rig.open(machine).orElseThrow();
  }

  private Fault recover() {
    confirm();
    rig.slot(machine, "", OK);
    rig.slot(machine, "", OK);
    Fault fault = rig.open(machine).orElseThrow();
    assertThat(fault.state()).isEqualTo(FaultState.RECOVERED);
    return fault;
  }

  private FaultState state(Fault fault) {
    return rig.book.find(fault.id()).orElseThrow().state();
  }

  private long gaps(String where) {
    return rig.db
        .sql("select count(*) from fault.coverage_gap where " + where)
        .query(Long.class)
        .single();
  }
}
