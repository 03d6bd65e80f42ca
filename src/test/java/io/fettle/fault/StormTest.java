package io.fettle.fault;

import static io.fettle.kernel.Verdict.BAD;
import static io.fettle.kernel.Verdict.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.fault.Storms.Storm;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Problem;
import io.fettle.kernel.Verdict;
import io.fettle.kernel.Viewer;
import io.fettle.monitoring.Observation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StormTest {
  private static final Actor LI = new Actor(Actor.Kind.PERSON, "li");
  private final FaultRig rig = new FaultRig();

  @Test
  void aThirdOfTheFleetDarkAtOnceIsOneStormAndNotAThousandRepairs() {
    rig.register.population = 200;
    List<AssetId> dark = machines(60, 10);
    for (int i = 0; i < 3; i++) slot(dark, BAD);
    rig.pass();

    assertThat(rig.storms.blowing())
        .extracting(Storm::site, Storm::rack, Storm::threshold)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("SH1", null, 25));
    assertThat(rig.book.counts(Viewer.system("t"))).containsOnlyKeys(FaultState.HELD);
    Fault held = rig.book.inState(FaultState.HELD, null, 1).getFirst();
    assertThat(held.heldFor()).isEqualTo("storm");
    assertThat(rig.book.storm(held)).isTrue();
  }

  @Test
  void oneAfterTheOtherIsAStormAsWellWhenTheThresholdIsReached() {
    rig.register.population = 0;
    List<AssetId> machines = machines(30, 30);
    for (AssetId machine : machines) {
      for (int i = 0; i < 3; i++) {
        rig.clock.forward(Duration.ofSeconds(5));
        rig.fold.accept(List.of(rig.observation(machine, "", BAD)));
      }
    }
    rig.pass();

    assertThat(rig.storms.blowing()).hasSize(1);
    assertThat(rig.book.counts(Viewer.system("t")).get(FaultState.HELD)).isEqualTo(30);
  }

  @Test
  void fewFaultsInALargeSiteAreNoStorm() {
    rig.register.population = 10_000;
    List<AssetId> machines = machines(40, 40);
    for (int i = 0; i < 3; i++) slot(machines, BAD);
    rig.pass();

    assertThat(rig.storms.blowing()).isEmpty();
    assertThat(rig.book.counts(Viewer.system("t"))).containsOnlyKeys(FaultState.CONFIRMED);
  }

  @Test
  void aRackOfItsOwnCanStorm() {
    rig.register.population = 20;
    List<AssetId> machines = machines(8, 1);
    for (int i = 0; i < 3; i++) slot(machines, BAD);

    assertThat(rig.storms.blowing()).extracting(Storm::rack).containsExactly("R0");
    AssetId elsewhere = rig.register.machine("X", "SH1", "R9");
    for (int i = 0; i < 3; i++) slot(List.of(elsewhere), BAD);
    assertThat(rig.open(elsewhere).orElseThrow().state()).isEqualTo(FaultState.CONFIRMED);
  }

  @Test
  void aRackIsOneOnlyTogetherWithItsRoom() {
    rig.register.population = 20;
    List<AssetId> both = new ArrayList<>();
    for (int i = 0; i < 8; i++) both.add(rig.register.inRoom("P" + i, "2-" + i % 2, "A17"));
    for (int i = 0; i < 3; i++) slot(both, BAD);
    assertThat(rig.storms.blowing()).as("four in each of two racks of one name").isEmpty();

    for (int i = 8; i < 16; i++) both.add(rig.register.inRoom("P" + i, "2-0", "A17"));
    for (int i = 0; i < 3; i++) slot(both, BAD);
    rig.pass();

    assertThat(rig.storms.blowing()).extracting(Storm::place).containsExactly("2-0 / A17");
    assertThat(rig.book.counts(Viewer.system("t")))
        .isEqualTo(java.util.Map.of(FaultState.HELD, 12, FaultState.CONFIRMED, 4));
  }

  @Test
  void aRoomWithoutASiteIsTheSite() {
    rig.register.population = 100;
    List<AssetId> dark = new ArrayList<>();
    for (int i = 0; i < 40; i++) dark.add(rig.register.inRoom("Q" + i, "2-1", "R" + i % 20));
    for (int i = 0; i < 3; i++) slot(dark, BAD);

    assertThat(rig.storms.blowing()).extracting(Storm::place).containsExactly("2-1");
    assertThat(rig.book.counts(Viewer.system("t"))).containsOnlyKeys(FaultState.HELD);
  }

  @Test
  void machinesWhosePlaceNobodyRecordedAreOnePlace() {
    rig.register.population = 100;
    List<AssetId> dark = new ArrayList<>();
    for (int i = 0; i < 40; i++) dark.add(rig.register.inRoom("U" + i, null, null));
    for (int i = 0; i < 3; i++) slot(dark, BAD);

    assertThat(rig.storms.blowing()).extracting(Storm::place).containsExactly("?");
    assertThat(rig.book.counts(Viewer.system("t"))).containsOnlyKeys(FaultState.HELD);
  }

  @Test
  void aStormSubsidesWhenItsFaultsAreGone() {
    rig.register.population = 100;
    List<AssetId> dark = machines(40, 8);
    for (int i = 0; i < 3; i++) slot(dark, BAD);
    rig.clock.forward(Duration.ofHours(1));
    rig.pass();
    assertThat(rig.storms.blowing()).as("its faults still stand").hasSize(1);

    for (int i = 0; i < 2; i++) slot(dark.subList(0, 30), OK);
    rig.clock.forward(Duration.ofMinutes(31));
    rig.tick.slow();
    assertThat(rig.storms.blowing()).isEmpty();
    slot(dark.subList(30, 40), BAD);

    assertThat(rig.book.counts(Viewer.system("t")))
        .containsEntry(FaultState.CONFIRMED, 10)
        .containsEntry(FaultState.RECOVERED, 30);
  }

  @Test
  void aPersonReleasesItWithAReasonAndItDoesNotStartAnew() {
    rig.register.population = 100;
    List<AssetId> dark = machines(40, 8);
    for (int i = 0; i < 3; i++) slot(dark, BAD);
    Storm storm = rig.storms.blowing().getFirst();

    assertThatThrownBy(() -> rig.storms.release(storm.id(), " ", LI)).isInstanceOf(Problem.class);
    assertThat(rig.storms.release(storm.id(), "known: wrong setting", LI)).isPresent();
    assertThat(rig.storms.release(storm.id(), "again", LI)).isEmpty();
    rig.storms.blowing().forEach(other -> rig.storms.release(other.id(), "all", LI));
    slot(dark, BAD);
    rig.pass();

    assertThat(rig.storms.blowing()).isEmpty();
    assertThat(rig.book.counts(Viewer.system("t"))).containsEntry(FaultState.CONFIRMED, 40);
    assertThat(rig.storms.recent(10)).extracting(Storm::endedBy).contains("person:li");
  }

  @Test
  void theLabsDefaultsTakeAThirdOfTwoHundredForAStorm() {
    FaultRig lab = new FaultRig(FaultSettings.defaults(true));
    lab.monitoring.interval = Duration.ofSeconds(5);
    lab.monitoring.bad = 2;
    lab.monitoring.of = 3;
    lab.register.population = 200;
    List<AssetId> dark = new ArrayList<>();
    for (int i = 0; i < 60; i++) dark.add(lab.register.machine("L" + i, "LAB", "R" + i % 10));
    for (int i = 0; i < 2; i++) {
      lab.clock.forward(Duration.ofSeconds(5));
      lab.fold.accept(dark.stream().map(m -> lab.observation(m, "", BAD)).toList());
    }
    lab.pass();

    assertThat(lab.storms.blowing()).isNotEmpty();
    assertThat(lab.book.counts(Viewer.system("t"))).containsOnlyKeys(FaultState.HELD);
  }

  @Test
  void aThousandFaultsAtOnceAreConfirmedAndHeldWithinSeconds() {
    rig.register.population = 3_000;
    List<AssetId> dark = machines(1_000, 60);
    slot(dark, BAD);
    slot(dark, BAD);

    long start = System.nanoTime();
    slot(dark, BAD);
    double seconds = (System.nanoTime() - start) / 1e9;

    System.out.printf("storm: 1000 faults confirmed and held in %.1f s%n", seconds);
    assertThat(rig.book.counts(Viewer.system("t"))).containsOnlyKeys(FaultState.HELD);
    assertThat(seconds).isLessThan(60);
  }

  private List<AssetId> machines(int n, int racks) {
    List<AssetId> machines = new ArrayList<>();
    for (int i = 0; i < n; i++) machines.add(rig.register.machine("S" + i, "SH1", "R" + i % racks));
    return machines;
  }

  private void slot(List<AssetId> machines, Verdict verdict) {
    rig.clock.forward(rig.monitoring.interval);
    List<Observation> batch =
        machines.stream().map(machine -> rig.observation(machine, "", verdict)).toList();
    rig.fold.accept(batch);
  }
}
