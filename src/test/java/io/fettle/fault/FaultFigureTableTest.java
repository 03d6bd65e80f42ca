package io.fettle.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.fault.FaultFigures.Rack;
import io.fettle.fault.FaultFigures.Recovered;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Label;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FaultFigureTableTest {
  private static final Viewer ALL = Viewer.system("test");
  private final FaultRig rig = new FaultRig();
  private final FaultFigures figures = new FaultFigureTable(rig.db, rig.table);

  @Test
  void countsMachinesAndRacksByWhatAsksForMost() {
    Fault one = rig.confirmed("bmc.nic_mode", "A1", "search");
    Fault two = rig.confirmed("host.disk", "A2", "ads");
    move(two, Edge.E12, FaultState.PLANNED, null);

    assertThat(figures.machines(ALL)).isEqualTo(Map.of(Turn.NOBODY, 1, Turn.FETTLE, 1));
    assertThat(figures.racks(ALL, 10))
        .containsExactly(new Rack("SH1", null, "A07", Turn.NOBODY, 2));
    assertThat(figures.openByClass(ALL)).isEqualTo(Map.of("bmc.nic_mode", 1, "host.disk", 1));
    assertThat(figures.open(List.of(one.machine()))).containsOnlyKeys(one.machine());
    assertThat(figures.ofMachine(two.machine(), 5)).extracting(Fault::id).containsExactly(two.id());
  }

  @Test
  void anOwnerSeesTheirTeamsNumbersAndNothingWithoutATeam() {
    rig.confirmed("bmc.nic_mode", "A1", "search");
    rig.confirmed("bmc.nic_mode", "A2", "ads");

    assertThat(figures.machines(owner("search"))).isEqualTo(Map.of(Turn.NOBODY, 1));
    assertThat(figures.racks(owner("search"), 10)).extracting(Rack::machines).containsExactly(1);
    assertThat(figures.machines(owner())).isEmpty();
    assertThat(figures.openByClass(owner())).isEmpty();
  }

  @Test
  void countsRecoveriesByWhatFixedThemAndFaultsByHour() {
    Fault self = rig.confirmed("bmc.nic_mode", "A1", "search");
    move(self, Edge.E11, FaultState.RECOVERED, "self");
    rig.clock.forward(Duration.ofHours(2));
    rig.confirmed("host.disk", "A2", "search");

    assertThat(figures.recovered(rig.clock.instant().minus(Duration.ofHours(3)), ALL))
        .containsExactly(new Recovered("bmc.nic_mode", 0, 1, 0));
    assertThat(figures.recovered(rig.clock.instant(), ALL)).isEmpty();
    assertThat(figures.confirmedPerHour(rig.clock.instant().minus(Duration.ofHours(2)), 4, ALL))
        .containsExactly(1, 0, 1, 0);
  }

  private void move(
      Fault fault, Edge edge, FaultState to, @org.jspecify.annotations.Nullable String fixedBy) {
    Cause cause =
        new Cause(
            Actor.system("test"), Label.same("moved"), Map.of(), null, null, null, null, fixedBy);
    assertThat(rig.book.advance(fault.id(), fault.version(), edge, to, cause)).isPresent();
  }

  private static Viewer owner(String... teams) {
    return new Viewer(new Actor(Actor.Kind.PERSON, "bob"), Set.of(Role.OWNER), Set.of(teams));
  }
}
