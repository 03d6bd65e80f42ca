package io.fettle.lab.bmc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fettle.kernel.Endpoint;
import io.fettle.lab.bmc.CardState.Make;
import io.fettle.lab.bmc.CardState.NicMode;
import io.fettle.support.SettableClock;
import io.fettle.support.Shell;
import io.fettle.transport.LabGuard;
import io.fettle.transport.ipmi.IpmiAnswer;
import io.fettle.transport.ipmi.IpmiFailure;
import io.fettle.transport.ipmi.IpmiRequest;
import io.fettle.transport.ipmi.IpmiSession;
import io.fettle.transport.ipmi.IpmiSettings;
import io.fettle.transport.ipmi.IpmiTarget;
import io.fettle.transport.ipmi.LanIpmi;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lab's cards, asked by ipmitool, by freeipmi and by our own client. */
class BmcServerTest {
  private static final IpmiRequest DEVICE_ID = new IpmiRequest(0x06, 0x01);

  private final List<String> journal = new CopyOnWriteArrayList<>();
  private BmcServer server;
  private LanIpmi ipmi;

  @BeforeEach
  void start() throws IOException {
    server = new BmcServer();
    ipmi =
        new LanIpmi(
            IpmiSettings.standard().patience(Duration.ofMillis(400), 2), new LabGuard(true));
  }

  @AfterEach
  void stop() throws IOException {
    ipmi.close();
    server.close();
  }

  private static CardState state(Make make) {
    return state(Clock.systemUTC(), make);
  }

  private static CardState state(Clock clock, Make make) {
    CardState.Lan lan =
        new CardState.Lan(
            1,
            new byte[] {127, 0, 3, 7},
            new byte[] {(byte) 255, (byte) 255, (byte) 255, 0},
            new byte[] {127, 0, 3, 1},
            new byte[] {2, 0, 0, 0, 3, 7},
            0);
    CardState state =
        new CardState(
            clock,
            make,
            HexFormat.of().parseHex("00112233445566778899aabbccddeeff"),
            lan,
            List.of(BmcUser.administrator(2, "ADMIN", "fettle-pw")));
    state.user(new BmcUser(3, "operator", "fettle-op".getBytes(), true, 3, true, false));
    state.user(new BmcUser(4, "monitor", "fettle-mo".getBytes(), false, 2, true, false));
    return state;
  }

  private Endpoint serve(CardState state) throws IOException {
    InetSocketAddress at =
        server.add(new InetSocketAddress("127.0.3.7", 0), new StandardCard(state, journal::add));
    return new Endpoint(at.getAddress().getHostAddress(), at.getPort());
  }

  private static String ipmitool(Endpoint card, int suite, String... command) {
    List<String> all = new ArrayList<>(List.of("ipmitool", "-I", "lanplus", "-C", "" + suite));
    all.addAll(List.of("-N", "1", "-R", "2", "-H", card.host(), "-p", "" + card.port()));
    all.addAll(List.of("-U", "ADMIN", "-P", "fettle-pw"));
    all.addAll(Arrays.asList(command));
    return Shell.run(all.toArray(String[]::new));
  }

  private static String freeipmi(Endpoint card, int suite, String program, String... command) {
    List<String> all = new ArrayList<>(List.of(program, "-D", "LAN_2_0", "-I", "" + suite));
    all.addAll(List.of("-l", "ADMIN", "-u", "ADMIN", "-p", "fettle-pw", "-h", card.toString()));
    all.addAll(Arrays.asList(command));
    return Shell.run(all.toArray(String[]::new));
  }

  private static IpmiTarget admin(Endpoint card) {
    return new IpmiTarget(card, "ADMIN", "fettle-pw".toCharArray());
  }

  private IpmiFailure failure(IpmiTarget target) {
    return catchThrowableOfType(IpmiFailure.class, () -> ipmi.talk(target, s -> s.send(DEVICE_ID)));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 17})
  void ipmitoolAndFreeipmiLogInWithBothSuites(int suite) throws IOException {
    Endpoint card = serve(state(Make.DELL_11G));

    assertThat(ipmitool(card, suite, "mc", "info")).contains("Manufacturer ID           : 674");
    assertThat(ipmitool(card, suite, "raw", "0x30", "0x24", "0")).isBlank();
    assertThat(ipmitool(card, suite, "delloem", "lan", "get")).contains("shared");
    assertThat(freeipmi(card, suite, "bmc-info")).contains("Dell Inc. (674)");
    freeipmi(card, suite, "ipmi-oem", "dell", "set-nic-selection", "dedicated");
    assertThat(freeipmi(card, suite, "ipmi-oem", "dell", "get-nic-selection"))
        .containsIgnoringCase("dedicated");
    assertThat(journal).containsExactly("netfn 30 cmd 24 data 00", "netfn 30 cmd 24 data 02");
  }

  @Test
  void ourClientChoosesSuite17AndReadsWhatIpmitoolReads() throws Exception {
    Endpoint card = serve(state(Make.DELL_14G));

    int suite = ipmi.talk(admin(card), IpmiSession::suite);
    IpmiAnswer id = ipmi.talk(admin(card), s -> s.send(DEVICE_ID));

    assertThat(suite).isEqualTo(17);
    assertThat(HexFormat.ofDelimiter(" ").formatHex(id.data()))
        .isEqualTo(ipmitool(card, 17, "raw", "6", "1").strip().replaceAll("\\s+", " "));
  }

  @Test
  void ourClientFallsBackToSuite3() throws Exception {
    CardState state = state(Make.SUPERMICRO);
    StandardCard full = new StandardCard(state, journal::add);
    InetSocketAddress at = server.add(new InetSocketAddress("127.0.3.8", 0), new OnlySuite3(full));
    Endpoint card = new Endpoint("127.0.3.8", at.getPort());

    assertThat(ipmi.talk(admin(card), IpmiSession::suite)).isEqualTo(3);
  }

  private record OnlySuite3(BmcModel card) implements BmcModel {
    @Override
    public byte[] guid() {
      return card.guid();
    }

    @Override
    public List<BmcUser> users() {
      return card.users();
    }

    @Override
    public int maxSessions() {
      return card.maxSessions();
    }

    @Override
    public boolean silent() {
      return card.silent();
    }

    @Override
    public List<Integer> suites() {
      return List.of(3);
    }

    @Override
    public byte[] handle(int netFn, int command, byte[] data, int privilege) {
      return card.handle(netFn, command, data, privilege);
    }
  }

  @Test
  void logInFailuresAreToldApart() throws IOException {
    CardState state = state(Make.DELL_12G);
    Endpoint card = serve(state);

    assertThat(failure(new IpmiTarget(card, "ADMIN", "no".toCharArray())).kind())
        .isEqualTo(IpmiFailure.Kind.WRONG_PASSWORD);
    assertThat(failure(new IpmiTarget(card, "nobody", "no".toCharArray())).kind())
        .isEqualTo(IpmiFailure.Kind.UNKNOWN_USER);
    assertThat(failure(new IpmiTarget(card, "monitor", "fettle-mo".toCharArray())).kind())
        .isEqualTo(IpmiFailure.Kind.UNKNOWN_USER);
    state.leak(4);
    assertThat(failure(admin(card)).kind()).isEqualTo(IpmiFailure.Kind.NO_SLOT);
    state.hang(true);
    assertThat(failure(admin(card)).kind()).isEqualTo(IpmiFailure.Kind.UNREACHABLE);
  }

  @Test
  void anOperatorGetsHisOwnPrivilegeAndNoMore() throws Exception {
    Endpoint card = serve(state(Make.DELL_11G));
    IpmiTarget operator = new IpmiTarget(card, "operator", "fettle-op".toCharArray());

    IpmiAnswer read = ipmi.talk(operator, s -> s.send(new IpmiRequest(0x30, 0x25)));
    IpmiAnswer write = ipmi.talk(operator, s -> s.send(new IpmiRequest(0x30, 0x24, (byte) 0)));

    assertThat(read.ok()).isTrue();
    assertThat(write.code()).isEqualTo(0xd4);
    assertThat(journal).isEmpty();
  }

  @Test
  void sessionsAreAlwaysGivenBackAlsoAfterWrongPasswords() throws Exception {
    CardState state = state(Make.DELL_11G);
    state.sessions(1);
    Endpoint card = serve(state);

    for (int i = 0; i < 5; i++) {
      assertThat(failure(new IpmiTarget(card, "ADMIN", "no".toCharArray())).kind())
          .isEqualTo(IpmiFailure.Kind.WRONG_PASSWORD);
      assertThat(ipmi.talk(admin(card), s -> s.send(DEVICE_ID)).ok()).isTrue();
      assertThatThrownBy(() ->
              ipmi.talk(
                  admin(card),
                  s -> {
                    throw new IllegalStateException("the talk broke");
                  }))
          .hasMessage("the talk broke");
    }
  }

  @Test
  void twoHundredCardsAtOnceNeverFail() throws Exception {
    List<Endpoint> cards = new ArrayList<>();
    for (int i = 0; i < 200; i++) cards.add(serve(state(Make.DELL_13G)));
    List<Future<Boolean>> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Endpoint card : cards)
        all.add(threads.submit(() -> ipmi.talk(admin(card), s -> s.send(DEVICE_ID)).ok()));
    }
    for (Future<Boolean> f : all) assertThat(f.get()).isTrue();
  }

  @Test
  void coldResetFreesLeakedSlotsAndKeepsQuietForAWhile() throws Exception {
    SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
    CardState state = state(clock, Make.SUPERMICRO);
    state.resetTakes(Duration.ofMinutes(1));
    state.leak(3);
    Endpoint card = serve(state);

    IpmiAnswer reset = ipmi.talk(admin(card), s -> s.sendOnce(new IpmiRequest(0x06, 0x02)));
    boolean during = ipmi.answers(card, Duration.ofMillis(100));
    clock.forward(Duration.ofMinutes(1));

    assertThat(reset.ok()).isTrue();
    assertThat(during).isFalse();
    assertThat(ipmi.answers(card, Duration.ofSeconds(1))).isTrue();
    assertThat(state.resets()).isEqualTo(1);
    assertThat(state.freeSessions()).isEqualTo(4);
  }

  @Test
  void lanAndUsersReadAsIpmitoolPrintsThem() throws IOException {
    CardState state = state(Make.SUPERMICRO);
    state.nicMode(NicMode.SHARED);
    Endpoint card = serve(state);

    assertThat(ipmitool(card, 17, "lan", "print", "1"))
        .contains("IP Address Source       : Static Address", "127.0.3.7", "02:00:00:00:03:07");
    assertThat(ipmitool(card, 17, "user", "list", "1")).containsPattern("3 +operator .*OPERATOR");
    ipmitool(card, 17, "user", "enable", "4");
    ipmitool(card, 17, "lan", "set", "1", "defgw", "ipaddr", "127.0.3.9");
    assertThat(ipmitool(card, 17, "raw", "0x30", "0x70", "0x0c", "0").strip()).isEqualTo("01");
    assertThat(state.lan().gateway()).isEqualTo(new byte[] {127, 0, 3, 9});
    assertThat(journal)
        .contains(
            "netfn 06 cmd 47 data 04 01" + " **".repeat(16),
            "netfn 0c cmd 01 data 01 0c 7f 00 03 09");
  }

  @Test
  void passwordsDoNotReachTheJournal() throws IOException {
    Endpoint card = serve(state(Make.DELL_11G));

    ipmitool(card, 17, "user", "set", "password", "4", "new-secret", "20");

    assertThat(journal).hasSize(1).noneMatch(l -> l.contains("6e 65 77"));
  }

  @Test
  void noiseNeitherStopsTheServerNorTheClient() throws Exception {
    Endpoint card = serve(state(Make.DELL_11G));
    Random random = new Random(42);
    try (DatagramSocket socket = new DatagramSocket()) {
      InetSocketAddress to = new InetSocketAddress(card.host(), card.port());
      for (int i = 0; i < 5000; i++) {
        byte[] noise = noise(random);
        socket.send(new DatagramPacket(noise, noise.length, to));
      }
    }

    assertThat(ipmi.talk(admin(card), s -> s.send(DEVICE_ID)).ok()).isTrue();
  }

  private static byte[] noise(Random random) {
    byte[] bytes = new byte[random.nextInt(120)];
    random.nextBytes(bytes);
    byte[] head = {
      6, 0, (byte) 0xff, 7, 6, (byte) (random.nextBoolean() ? 0 : 0x10 + random.nextInt(6))
    };
    if (random.nextInt(4) > 0)
      System.arraycopy(head, 0, bytes, 0, Math.min(head.length, bytes.length));
    return bytes;
  }
}
