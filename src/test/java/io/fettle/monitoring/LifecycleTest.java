package io.fettle.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.Imports;
import io.fettle.cmdb.Register;
import io.fettle.kernel.Actor;
import io.fettle.kernel.AssetId;
import io.fettle.kernel.Viewer;
import io.fettle.support.FettleTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Which machines are looked at, by what the purchase list says of their life. */
@FettleTest
class LifecycleTest {
  private static final String CSV =
      """
      资产号,序列号,厂商,型号,机房,机柜,IP,状态
      LIFE-USE,LIFESN1,Dell,R740,寿命楼,R1,127.88.1.1,在用
      LIFE-NONE,LIFESN2,Dell,R740,寿命楼,R1,127.88.1.2,
      LIFE-FIX,LIFESN3,Dell,R740,寿命楼,R1,127.88.1.3,维修中
      LIFE-STOCK,LIFESN4,Dell,R740,寿命楼,R1,127.88.1.4,在库
      LIFE-GONE,LIFESN5,Dell,R740,寿命楼,R1,127.88.1.5,报废
      """;

  private final Imports imports;
  private final Register register;
  private final Checks checks;

  @Autowired
  LifecycleTest(Imports imports, Register register, Checks checks) {
    this.imports = imports;
    this.register = register;
    this.checks = checks;
  }

  @Test
  void onlyMachinesInServiceOrUnderRepairAreLookedAt() throws Exception {
    Path file = Files.createTempFile("life", ".csv");
    Files.writeString(file, CSV, StandardCharsets.UTF_8);
    imports.apply(file, "purchase.csv", new Actor(Actor.Kind.PERSON, "ann"));
    Files.delete(file);
    Known ssh = checks.find("host.reachable").orElseThrow();

    assertThat(counted(ssh)).containsExactlyInAnyOrder("LIFE-USE", "LIFE-NONE", "LIFE-FIX");
    assertThat(followed(ssh)).containsExactlyInAnyOrder("LIFE-USE", "LIFE-NONE", "LIFE-FIX");
  }

  /** As the count of all bindings asks the database. */
  private List<String> counted(Known check) {
    List<String> names = new ArrayList<>();
    for (AssetId id : register.ids(check.query(), null, 1_000))
      register
          .card(id)
          .filter(c -> c.name().startsWith("LIFE-"))
          .ifPresent(c -> names.add(c.name()));
    return names;
  }

  /** As the change feed is judged, machine by machine. */
  private List<String> followed(Known check) {
    return List.of("USE", "NONE", "FIX", "STOCK", "GONE").stream()
        .map(name -> "LIFE-" + name)
        .filter(name ->
            register
                .machine(register.find(name, Viewer.system("test")).hits().getFirst().id())
                .filter(m -> check.query().matches(m.doc()))
                .isPresent())
        .toList();
  }
}
