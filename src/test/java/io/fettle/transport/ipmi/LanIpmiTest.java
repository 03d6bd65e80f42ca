package io.fettle.transport.ipmi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fettle.kernel.Endpoint;
import io.fettle.support.IpmiSim;
import io.fettle.support.Shell;
import io.fettle.transport.LabGuard;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Our client against OpenIPMI's simulator; what has an equivalent is compared with ipmitool. */
class LanIpmiTest {
  private static final IpmiRequest DEVICE_ID = new IpmiRequest(0x06, 0x01);
  private static IpmiSim card;
  private static LanIpmi ipmi;

  @BeforeAll
  static void startCard() throws IOException {
    card = IpmiSim.start();
    ipmi = client(IpmiSettings.standard().patience(Duration.ofMillis(500), 2));
  }

  @AfterAll
  static void stopCard() throws IOException {
    ipmi.close();
    card.close();
  }

  static LanIpmi client(IpmiSettings settings) throws IOException {
    return new LanIpmi(settings, new LabGuard(true));
  }

  static IpmiTarget target(Endpoint endpoint, String user, String password) {
    return new IpmiTarget(endpoint, user, password.toCharArray());
  }

  private static IpmiTarget admin() {
    return target(card.endpoint(), IpmiSim.USER, IpmiSim.PASSWORD);
  }

  private static IpmiFailure failure(IpmiTarget target) {
    return catchThrowableOfType(IpmiFailure.class, () -> ipmi.talk(target, s -> s.send(DEVICE_ID)));
  }

  private static String ipmitool(String... command) {
    List<String> all =
        new ArrayList<>(
            List.of("ipmitool", "-I", "lanplus", "-C", "3", "-N", "1", "-R", "2", "-H"));
    all.addAll(List.of(card.endpoint().host(), "-p", Integer.toString(card.endpoint().port())));
    all.addAll(List.of("-U", IpmiSim.USER, "-P", IpmiSim.PASSWORD));
    all.addAll(List.of(command));
    return Shell.run(all.toArray(String[]::new));
  }

  @Test
  void rawBytesAreWhatIpmitoolReads() throws IpmiFailure {
    IpmiAnswer ours = ipmi.talk(admin(), s -> s.send(DEVICE_ID));

    assertThat(ours.ok()).isTrue();
    assertThat(hex(ours)).isEqualTo(ipmitool("raw", "6", "1").strip().replaceAll("\\s+", " "));
  }

  @Test
  void dellNicSelectionIsWrittenOnceAndOthersSeeIt() throws IpmiFailure {
    card.oem("nic11", 0);

    IpmiAnswer set = ipmi.talk(admin(), s -> s.sendOnce(new IpmiRequest(0x30, 0x24, (byte) 2)));

    assertThat(set.toString()).isEqualTo("cc 00");
    assertThat(card.oem("nic11")).isEqualTo(2);
    assertThat(card.journal()).endsWith("netfn 30 cmd 24 data 02");
    assertThat(ipmitool("delloem", "lan", "get")).contains("dedicated");
    assertThat(freeipmi("dell", "get-nic-selection")).containsIgnoringCase("dedicated");
  }

  @Test
  void vendorRefusalsKeepTheirCode() throws IpmiFailure {
    card.oem("licence", 0);
    try {
      IpmiAnswer answer =
          ipmi.talk(admin(), s -> s.sendOnce(new IpmiRequest(0x30, 0x24, (byte) 2)));
      assertThat(answer.code()).isEqualTo(0x6f);
    } finally {
      card.oem("licence", 1);
    }
  }

  @Test
  void wrongPasswordUnknownUserAndDisabledUserAreToldApartFromSilence() {
    assertThat(failure(target(card.endpoint(), "ADMIN", "wrong")).kind())
        .isEqualTo(IpmiFailure.Kind.WRONG_PASSWORD);
    assertThat(failure(target(card.endpoint(), "nobody", "wrong")).kind())
        .isEqualTo(IpmiFailure.Kind.UNKNOWN_USER);
    assertThat(failure(target(card.endpoint(), "monitor", "fettle-mo")).kind())
        .isEqualTo(IpmiFailure.Kind.UNKNOWN_USER);
    assertThat(failure(target(new Endpoint("127.0.2.251", 9), "ADMIN", "x")).kind())
        .isEqualTo(IpmiFailure.Kind.UNREACHABLE);
    assertThat(failure(target(new Endpoint("192.0.2.1", 623), "ADMIN", "x")).kind())
        .isEqualTo(IpmiFailure.Kind.NO_ADDRESS);
  }

  @Test
  void frozenCardIsUnreachableAndACommandOnItsWayIsInDoubt() throws Exception {
    try (IpmiSim frozen = IpmiSim.start()) {
      IpmiTarget target = target(frozen.endpoint(), IpmiSim.USER, IpmiSim.PASSWORD);
      IpmiFailure inDoubt =
          catchThrowableOfType(
              IpmiFailure.class,
              () ->
                  ipmi.talk(
                      target,
                      s -> {
                        s.send(DEVICE_ID);
                        frozen.freeze();
                        return s.sendOnce(new IpmiRequest(0x06, 0x02));
                      }));
      assertThat(inDoubt.kind()).isEqualTo(IpmiFailure.Kind.AFTER_SEND);
      assertThat(failure(target).kind()).isEqualTo(IpmiFailure.Kind.UNREACHABLE);
      assertThat(ipmi.answers(frozen.endpoint(), Duration.ofMillis(300))).isFalse();

      frozen.thaw();

      assertThat(ipmi.talk(target, s -> s.send(DEVICE_ID)).ok()).isTrue();
      assertThat(frozen.journal()).containsOnlyOnce("netfn 06 cmd 02");
    }
  }

  @Test
  void answersWithoutLoggingIn() throws IpmiFailure {
    assertThat(ipmi.answers(card.endpoint(), Duration.ofSeconds(1))).isTrue();
  }

  @Test
  void twoHundredParallelTalksNeverFail() throws Exception {
    List<Future<IpmiAnswer>> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<IpmiAnswer> one = () -> ipmi.talk(admin(), s -> s.send(DEVICE_ID));
      for (int i = 0; i < 200; i++) all.add(threads.submit(one));
    }
    for (Future<IpmiAnswer> f : all) assertThat(f.get().ok()).isTrue();
  }

  private static String freeipmi(String... command) {
    List<String> all =
        new ArrayList<>(List.of("ipmi-oem", "-D", "LAN_2_0", "-I", "3", "-W", "opensesspriv"));
    all.addAll(List.of("-l", "ADMIN", "-u", IpmiSim.USER, "-p", IpmiSim.PASSWORD, "-h"));
    all.add(card.endpoint().toString());
    all.addAll(List.of(command));
    return Shell.run(all.toArray(String[]::new));
  }

  private static String hex(IpmiAnswer answer) {
    StringBuilder text = new StringBuilder();
    for (byte b : answer.data()) text.append("%02x ".formatted(b & 0xff));
    return text.toString().strip();
  }
}
