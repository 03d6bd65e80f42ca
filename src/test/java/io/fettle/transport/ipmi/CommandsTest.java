package io.fettle.transport.ipmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.support.IpmiSim;
import io.fettle.support.Shell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What our records say of a card is what ipmitool says of it. */
class CommandsTest {
  private static String ipmitool(IpmiSim card, String... command) {
    List<String> all = new ArrayList<>();
    all.add(card.inBand().resolve("ipmitool").toString());
    all.addAll(List.of(command));
    return Shell.run(all.toArray(String[]::new));
  }

  private static IpmiAnswer ask(LanIpmi ipmi, IpmiSim card, IpmiRequest request)
      throws IpmiFailure {
    return ipmi.talk(
        LanIpmiTest.target(card.endpoint(), IpmiSim.USER, IpmiSim.PASSWORD), s -> s.send(request));
  }

  @Test
  void deviceChassisLogAndSensorsReadAsIpmitoolPrintsThem() throws Exception {
    try (IpmiSim card = IpmiSim.start();
        LanIpmi ipmi =
            LanIpmiTest.client(IpmiSettings.standard().patience(Duration.ofMillis(500), 2))) {
      DeviceId id = DeviceId.of(ask(ipmi, card, DeviceId.REQUEST)).orElseThrow();
      assertThat(ipmitool(card, "mc", "info"))
          .contains("Firmware Revision         : " + id.firmware())
          .contains("IPMI Version              : " + id.ipmi())
          .contains("Manufacturer ID           : " + id.manufacturer())
          .contains("Product ID                : " + id.product());

      ipmitool(card, "chassis", "power", "off");
      ChassisStatus off = ChassisStatus.of(ask(ipmi, card, ChassisStatus.REQUEST)).orElseThrow();
      ipmitool(card, "chassis", "power", "on");
      ChassisStatus on = ChassisStatus.of(ask(ipmi, card, ChassisStatus.REQUEST)).orElseThrow();
      assertThat(off.on()).isFalse();
      assertThat(on.on()).isTrue();

      String event = "raw 0x0a 0x44 0 0 2 0 0 0 0 0x20 0 4 0x0c 4 0x6f 0 0xff 0xff";
      ipmitool(card, event.split(" "));
      SelInfo log = SelInfo.of(ask(ipmi, card, SelInfo.REQUEST)).orElseThrow();
      assertThat(ipmitool(card, "sel", "info"))
          .containsPattern("Entries +: " + log.entries())
          .containsPattern("Percent Used +: " + log.percentUsed() + "%")
          .containsPattern("Overflow +: " + log.overflow());

      SensorReading temperature =
          SensorReading.of(ask(ipmi, card, SensorReading.request(1))).orElseThrow();
      assertThat(temperature.available()).isTrue();
      assertThat(ipmitool(card, "sdr", "get", "CPU1 Temp"))
          .containsPattern("Sensor Reading +: " + temperature.raw() + " ");
    }
  }
}
