package io.fettle.transport.ipmi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fettle.kernel.Endpoint;
import io.fettle.support.Card17;
import io.fettle.support.Shell;
import io.fettle.transport.ipmi.wire.Packet;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Cipher suite 17 against a card made of libfreeipmi, which other clients have accepted first. */
@Timeout(120)
class Suite17Test {
  private static final IpmiRequest DEVICE_ID = new IpmiRequest(0x06, 0x01);
  private static final String OPEN = "open with suite 17";

  private Card17 card;
  private LanIpmi ipmi;

  @BeforeEach
  void startCard() throws IOException {
    card = Card17.start();
    ipmi = LanIpmiTest.client(waitingForSuites(Duration.ofSeconds(20)));
  }

  /** A busy machine must not look like a card that does not tell its suites. */
  private static IpmiSettings waitingForSuites(Duration limit) {
    IpmiSettings s = IpmiSettings.standard();
    return new IpmiSettings(
        Duration.ofSeconds(5),
        s.retries(),
        limit,
        s.maxInFlight(),
        s.maxPerSubnet(),
        s.maxPerCard(),
        s.queueTimeout(),
        s.remembered());
  }

  @AfterEach
  void stopCard() throws IOException {
    ipmi.close();
    card.close();
  }

  @Test
  void theCardIsGoodEnoughForIpmitoolAndFreeipmi() throws Exception {
    assertThat(ipmitool("17", Card17.PASSWORD).out()).startsWith(" 17 00 02 17 02 80 a2 02 00");
    Shell.Ran info = bmcInfo("17", Card17.USER, Card17.PASSWORD);
    assertThat(info.out()).contains("Manufacturer ID       : Dell Inc. (674)");
    assertThat(info.exit()).isZero();

    assertThat(ipmitool("17", "wrong").exit()).isNotZero();
    assertThat(ipmitool("3", Card17.PASSWORD).out()).contains("no matching cipher suite");
    assertThat(bmcInfo("17", Card17.USER, "wrong").out()).contains("password invalid");
    assertThat(bmcInfo("3", Card17.USER, Card17.PASSWORD).out())
        .contains("cipher suite id unavailable");
    assertThat(bmcInfo("17", "nobody", "wrong").out()).contains("username invalid");
    assertThat(card.logWith("refused at step 13, status 0d")).filteredOn(OPEN::equals).hasSize(2);
  }

  @Test
  void weTakeSuite17BecauseTheCardOffersItAndReadWhatIpmitoolReads() throws Exception {
    List<Integer> suites = new ArrayList<>();

    IpmiAnswer ours =
        ipmi.talk(
            target(card.endpoint(), Card17.USER, Card17.PASSWORD),
            s -> {
              suites.add(s.suite());
              return s.send(DEVICE_ID);
            });

    assertThat(suites).containsExactly(17);
    assertThat(card.logWith("closed"))
        .containsExactly(
            "outside netfn 06 cmd 38",
            "outside netfn 06 cmd 54",
            OPEN,
            "inside netfn 06 cmd 3b",
            "inside netfn 06 cmd 01",
            "inside netfn 06 cmd 3c",
            "closed");
    assertThat(ours.toString())
        .isEqualTo("cc 00 data" + ipmitool("17", Card17.PASSWORD).out().stripTrailing());
  }

  @Test
  void aCardThatDoesNotTellItsSuitesIsMetWith17OnceItRefuses3() throws Exception {
    try (Card17 mute = Card17.mute();
        LanIpmi brief = LanIpmiTest.client(waitingForSuites(Duration.ofMillis(250)))) {
      IpmiTarget target = target(mute.endpoint(), Card17.USER, Card17.PASSWORD);

      assertThat(brief.<Integer>talk(target, IpmiSession::suite)).isEqualTo(17);

      assertThat(mute.logWith("closed"))
          .containsSubsequence("refused at step 11, status 11", OPEN, "closed");
    }
  }

  @Test
  void wrongPasswordAndUnknownUserAreToldApartAndLeaveNoSession() throws Exception {
    assertThat(failure(Card17.USER, "wrong")).isEqualTo(IpmiFailure.Kind.WRONG_PASSWORD);
    assertThat(failure("nobody", Card17.PASSWORD)).isEqualTo(IpmiFailure.Kind.UNKNOWN_USER);

    assertThat(card.logWith("refused at step 13, status 0d"))
        .containsSubsequence("console gave up, status 0f", "refused at step 13, status 0d")
        .doesNotContain(OPEN);
  }

  private IpmiFailure.Kind failure(String user, String password) {
    IpmiTarget target = target(card.endpoint(), user, password);
    return catchThrowableOfType(IpmiFailure.class, () -> ipmi.talk(target, s -> s.send(DEVICE_ID)))
        .kind();
  }

  @Test
  void eachSideRefusesWhatWasChangedOnTheWay() throws Exception {
    IpmiTarget direct = target(card.endpoint(), Card17.USER, Card17.PASSWORD);
    String truth = ipmi.talk(direct, s -> s.send(DEVICE_ID)).toString();
    try (Meddler meddler = new Meddler(card.endpoint());
        LanIpmi quick =
            LanIpmiTest.client(IpmiSettings.standard().patience(Duration.ofMillis(100), 8))) {
      IpmiTarget meddled = target(meddler.endpoint(), Card17.USER, Card17.PASSWORD);

      List<String> answers =
          quick.talk(
              meddled, s -> List.of(s.send(DEVICE_ID).toString(), s.send(DEVICE_ID).toString()));

      assertThat(answers).containsExactly(truth, truth);

      assertThat(meddler.changedAnswers.get()).isGreaterThan(1);
      assertThat(card.logWith("refused: not authentic")).contains("refused: not authentic");
    }
  }

  @Test
  void presenceIsAnsweredAsOurLabDoes() throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(5000);
      byte[] ping = Packet.ping(7);
      socket.send(new DatagramPacket(ping, ping.length, address(card.endpoint())));
      DatagramPacket pong = new DatagramPacket(new byte[64], 64);
      socket.receive(pong);

      assertThat(Arrays.copyOf(pong.getData(), pong.getLength())).isEqualTo(Packet.pong(7));
    }
  }

  private static IpmiTarget target(Endpoint endpoint, String user, String password) {
    return LanIpmiTest.target(endpoint, user, password);
  }

  private static SocketAddress address(Endpoint endpoint) {
    return new InetSocketAddress(endpoint.host(), endpoint.port());
  }

  private Shell.Ran ipmitool(String suite, String password) {
    List<String> all =
        new ArrayList<>(List.of("ipmitool", "-I", "lanplus", "-C", suite, "-N", "1", "-R", "2"));
    all.addAll(List.of("-H", card.endpoint().host()));
    all.addAll(List.of("-p", Integer.toString(card.endpoint().port())));
    all.addAll(List.of("-U", Card17.USER, "-P", password, "raw", "6", "1"));
    return Shell.tryRun(all);
  }

  private Shell.Ran bmcInfo(String suite, String user, String password) {
    List<String> all = new ArrayList<>(List.of("bmc-info", "-D", "LAN_2_0", "-I", suite));
    all.addAll(List.of("-l", "ADMIN", "-u", user, "-p", password));
    all.addAll(List.of("-h", card.endpoint().toString(), "--get-device-id"));
    return Shell.tryRun(all);
  }

  /**
   * Carries packets both ways and changes every other one of a session: of a request the sequence
   * number, of an answer the first two bytes of its data, through the initialisation vector, so
   * that encryption and checksum still hold and only the authentication code tells.
   */
  private static final class Meddler implements AutoCloseable {
    private static final int SEQUENCE = 10;
    private static final int VECTOR = 16;
    private static final int DATA = 7;

    private final DatagramSocket front =
        new DatagramSocket(new InetSocketAddress("127.0.2.253", 0));
    private final DatagramSocket back = new DatagramSocket();
    private final SocketAddress card;
    private volatile SocketAddress client = new InetSocketAddress("127.0.0.1", 9);
    private final AtomicInteger changedAnswers = new AtomicInteger();

    Meddler(Endpoint card) throws IOException {
      this.card = address(card);
      Thread.ofPlatform().daemon().start(() -> carry(front, true));
      Thread.ofPlatform().daemon().start(() -> carry(back, false));
    }

    private void carry(DatagramSocket in, boolean request) {
      int inSession = 0;
      try {
        while (true) {
          DatagramPacket packet = new DatagramPacket(new byte[1024], 1024);
          in.receive(packet);
          byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
          if (request) client = packet.getSocketAddress();
          if (bytes[4] == 6 && bytes[5] == (byte) 0xc0 && inSession++ % 2 == 0)
            change(bytes, request);
          SocketAddress to = request ? card : client;
          (request ? back : front).send(new DatagramPacket(bytes, bytes.length, to));
        }
      } catch (SocketException e) {
        return;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private void change(byte[] bytes, boolean request) {
      if (request) bytes[SEQUENCE + 2] ^= 1;
      else {
        bytes[VECTOR + DATA] ^= 1;
        bytes[VECTOR + DATA + 1] ^= 1;
        changedAnswers.incrementAndGet();
      }
    }

    Endpoint endpoint() {
      return new Endpoint("127.0.2.253", front.getLocalPort());
    }

    @Override
    public void close() {
      front.close();
      back.close();
    }
  }
}
