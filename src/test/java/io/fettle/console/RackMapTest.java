package io.fettle.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.cmdb.Imports;
import io.fettle.cmdb.Register;
import io.fettle.kernel.Actor;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.support.FettleTest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The map over machines that came in as the README says: 机房 and 机柜, no site. */
@FettleTest
class RackMapTest {
  private static final String CSV =
      """
      资产号,序列号,厂商,型号,机房,机柜,U位,IP,管理卡IP,管理卡模式,业务负责人,团队
      RMT-1,RMTSN1,Dell,PowerEdge R710,图楼-1,A17,12,,,独立,李雷,图组
      RMT-2,RMTSN2,Dell,PowerEdge R710,图楼-1,A17,13,,,独立,李雷,图组
      RMT-3,RMTSN3,Dell,PowerEdge R710,图楼-2,A17,12,,,独立,李雷,图组
      """;

  private final Imports imports;
  private final Register register;
  private final RackMap map;

  @Autowired
  RackMapTest(Imports imports, Register register, RackMap map) {
    this.imports = imports;
    this.register = register;
    this.map = map;
  }

  @Test
  void roomsStandInForSitesAndRacksOfOneNameStayApart() throws Exception {
    Path file = Files.createTempFile("racks", ".csv");
    Files.writeString(file, CSV, StandardCharsets.UTF_8);
    imports.apply(file, "purchase.csv", new Actor(Actor.Kind.PERSON, "ann"));
    Files.delete(file);
    Viewer owner =
        new Viewer(new Actor(Actor.Kind.PERSON, "bob"), Set.of(Role.OWNER), Set.of("图组"));

    RackMap.Map drawn = map.of(owner);

    assertThat(drawn.sites()).extracting(Home.Site::name).containsExactly("图楼-1", "图楼-2");
    assertThat(drawn.sites().getFirst().racks())
        .extracting(Home.RackCell::name, Home.RackCell::machines)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("A17", 2L));
    Home.RackCell second = drawn.sites().getLast().racks().getFirst();
    String link = Links.rack(second.site(), second.room(), second.rack());
    String query = URLDecoder.decode(link.substring(2), StandardCharsets.UTF_8);
    assertThat(register.list(register.query(query), owner, null, 10).items())
        .extracting(io.fettle.cmdb.MachineCard::assetNo)
        .containsExactly("RMT-3");
  }
}
