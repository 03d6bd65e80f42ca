package io.fettle.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.fault.FaultGraph.Move;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.kernel.Verdict;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each edge is taken on a real row, and what the graph forbids is refused. */
class EveryEdgeTest {
  private final FaultRig rig = new FaultRig();

  @Test
  void everyMoveOfTheGraphIsTakenAndKeepsADeadline() {
    Set<Edge> taken = EnumSet.of(Edge.E1, Edge.E2);
    for (Move move : FaultGraph.MOVES) {
      if (move.from() == null || move.to() == null) continue;
      Fault at = rig.put(rig.confirmed("bmc.nic_mode"), move.from());

      Fault after =
          rig.book
              .advance(at.id(), at.version(), move.edge(), move.to(), cause(move.to()))
              .orElseThrow(() -> new AssertionError(move.toString()));

      assertThat(after.state()).isEqualTo(move.to());
      assertThat(after.deadlineAt() == null).isEqualTo(move.to() == FaultState.CLOSED);
      assertThat(rig.book.story(at.id()).getLast().details())
          .containsEntry("edge", move.edge().ordinal() + 1);
      taken.add(move.edge());
    }
    assertThat(taken).containsAll(EnumSet.allOf(Edge.class));
  }

  @Test
  void whatTheGraphDoesNotHaveIsRefusedForEveryPairOfStates() {
    int refused = 0;
    for (FaultState from : FaultState.values()) {
      Fault at = rig.put(rig.confirmed("bmc.nic_mode"), from);
      for (FaultState to : FaultState.values()) {
        Edge edge = Edge.values()[(from.ordinal() * 13 + to.ordinal()) % 37];
        if (FaultGraph.allows(edge, from, to)) continue;
        assertThatThrownBy(() -> rig.book.advance(at.id(), at.version(), edge, to, cause(to)))
            .isInstanceOf(IllegalStateException.class);
        refused++;
      }
      assertThat(rig.book.find(at.id())).contains(at);
    }
    assertThat(refused).isGreaterThan(150);
  }

  @Test
  void aRestartInEveryStateGoesOn() {
    for (FaultState state : EnumSet.complementOf(EnumSet.of(FaultState.CLOSED))) {
      AssetId machine = rig.register.machine("R" + state, "SH1", "A07");
      for (int i = 0; i < 3; i++) rig.slot(machine, "", Verdict.BAD);
      Fault at = rig.put(rig.open(machine).orElseThrow(), state);

      FaultRig next = rig.restarted();
      for (int i = 0; i < 3; i++) next.slot(machine, "", Verdict.OK);

      boolean gone = state == FaultState.SUSPECT;
      boolean remediations =
          EnumSet.of(
                  FaultState.PLANNED,
                  FaultState.RUNNING,
                  FaultState.VERIFYING,
                  FaultState.UNCERTAIN)
              .contains(state);
      if (gone) assertThat(next.book.find(at.id())).as("from %s", state).isEmpty();
      else
        assertThat(next.book.find(at.id()).orElseThrow().state())
            .as("from %s", state)
            .isEqualTo(remediations ? state : FaultState.RECOVERED);
    }
  }

  @Test
  void everyOpenFaultComesToAnEndWhenItsCheckSeesItGoneOrItsBindingGoes() {
    for (FaultState state : EnumSet.complementOf(EnumSet.of(FaultState.CLOSED))) {
      if (!FaultGraph.allows(Edge.E37, state, FaultState.CLOSED)) continue;
      AssetId machine = rig.register.machine("U" + state, "SH1", "A07");
      for (int i = 0; i < 3; i++) rig.slot(machine, "", Verdict.BAD);
      Fault at = rig.put(rig.open(machine).orElseThrow(), state);
      rig.monitoring.unbound.add(machine);

      FaultRig next = rig.restarted();
      next.pass();
      rig.clock.forward(Duration.ofMinutes(25));
      next.pass();

      assertThat(next.book.find(at.id()).orElseThrow().state())
          .as("from %s", state)
          .isEqualTo(FaultState.CLOSED);
    }
  }

  private static Cause cause(FaultState to) {
    return new Cause(
        Actor.system("test"),
        Label.same("t"),
        Map.of(),
        to == FaultState.HELD ? "lease" : null,
        null,
        null,
        null,
        to == FaultState.RECOVERED ? "run" : null);
  }
}
