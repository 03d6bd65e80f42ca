package io.fettle.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.Imports;
import io.fettle.cmdb.Register;
import io.fettle.fault.Storms.Storm;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Viewer;
import io.fettle.monitoring.Monitoring;
import io.fettle.support.FettleTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Storms over machines that came in as the README says: 机房 and 机柜, no site. */
@FettleTest
class StormPlaceTest {
  private static final String HEADER = "资产号,序列号,厂商,型号,机房,机柜,U位,IP,管理卡IP,管理卡模式,业务负责人\n";

  private final Imports imports;
  private final Register register;
  private final Monitoring monitoring;
  private final Fold fold;
  private final Storms storms;
  private final Faults faults;
  private final FaultFigures figures;

  @Autowired
  StormPlaceTest(
      Imports imports,
      Register register,
      Monitoring monitoring,
      Fold fold,
      Storms storms,
      Faults faults,
      FaultFigures figures) {
    this.imports = imports;
    this.register = register;
    this.monitoring = monitoring;
    this.fold = fold;
    this.storms = storms;
    this.faults = faults;
    this.figures = figures;
  }

  @Test
  void aRoomFullOfFaultsIsAStormAndIsCountedAgainstItsMachines() throws Exception {
    List<AssetId> machines = imported();

    Instant now = Instant.now();
    Duration interval = monitoring.check("bmc.nic_mode").orElseThrow().interval();
    for (int slot = 2; slot >= 0; slot--) {
      Instant at = now.minus(interval.multipliedBy(slot));
      fold.accept(machines.stream().map(m -> FaultRig.bad(m, "bmc.nic_mode", at)).toList());
    }

    assertThat(storms.blowing())
        .filteredOn(storm -> storm.place().startsWith("风暴楼-1"))
        .extracting(Storm::place, Storm::threshold)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("风暴楼-1", 40));
    assertThat(figures.open(machines).values())
        .hasSize(60)
        .allSatisfy(open -> assertThat(faults.storm(open.getFirst())).isTrue());
  }

  private List<AssetId> imported() throws Exception {
    StringBuilder csv = new StringBuilder(HEADER);
    for (int i = 0; i < 800; i++)
      csv.append(
          "STP-%03d,STPSN%04d,Dell,PowerEdge R710,风暴楼-1,A%d,%d,,,,李雷\n"
              .formatted(i, i, i % 30, 1 + i / 30));
    Path file = Files.createTempFile("storm", ".csv");
    Files.writeString(file, csv, StandardCharsets.UTF_8);
    imports.apply(file, "purchase.csv", new Actor(Actor.Kind.PERSON, "ann"));
    Files.delete(file);
    List<AssetId> machines = new ArrayList<>();
    for (int i = 0; i < 60; i++)
      machines.add(
          register.find("STP-%03d".formatted(i), Viewer.system("test")).hits().getFirst().id());
    return machines;
  }
}
