package io.fettle.transport.ipmi;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Endpoint;
import io.fettle.support.IpmiSim;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real card behind a path that spoils, doubles, cuts and invents packets. */
class HostileCardTest {
  private static final IpmiRequest DEVICE_ID = new IpmiRequest(0x06, 0x01);

  /** Carries packets both ways and treats the card's answers badly. */
  private static final class Path implements AutoCloseable {
    private final DatagramSocket front =
        new DatagramSocket(new InetSocketAddress("127.0.2.253", 0));
    private final DatagramSocket back = new DatagramSocket();
    private final Random random = new Random(7);
    private volatile SocketAddress client = new InetSocketAddress("127.0.0.1", 9);
    private volatile boolean hostile = true;

    Path(Endpoint card) throws IOException {
      SocketAddress to = new InetSocketAddress(InetAddress.getByName(card.host()), card.port());
      Thread.ofPlatform().daemon().start(() -> carry(front, back, to));
      Thread.ofPlatform().daemon().start(() -> carry(back, front, null));
    }

    private void carry(DatagramSocket in, DatagramSocket out, @Nullable SocketAddress card) {
      byte[] room = new byte[2048];
      try {
        while (true) {
          DatagramPacket packet = new DatagramPacket(room, room.length);
          in.receive(packet);
          byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
          if (card != null) {
            client = packet.getSocketAddress();
            out.send(new DatagramPacket(bytes, bytes.length, card));
          } else if (hostile) spoil(out, bytes);
          else out.send(new DatagramPacket(bytes, bytes.length, client));
        }
      } catch (SocketException e) {
        return;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private void spoil(DatagramSocket out, byte[] bytes) throws IOException {
      for (int i = 0; i < 4; i++) {
        byte[] copy = Arrays.copyOf(bytes, random.nextInt(bytes.length + 8));
        if (copy.length > 0) copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        out.send(new DatagramPacket(copy, copy.length, client));
      }
      byte[] big = new byte[1800];
      random.nextBytes(big);
      System.arraycopy(bytes, 0, big, 0, Math.min(16, bytes.length));
      out.send(new DatagramPacket(big, big.length, client));
      if (random.nextInt(4) > 0) out.send(new DatagramPacket(bytes, bytes.length, client));
      if (random.nextInt(4) == 0) out.send(new DatagramPacket(bytes, bytes.length, client));
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

  @Test
  @Timeout(120)
  void spoiltPacketsEndInTheRightAnswerOrAFailureAndNeverInAWrongOne() throws Exception {
    try (IpmiSim card = IpmiSim.start();
        Path path = new Path(card.endpoint());
        LanIpmi ipmi =
            LanIpmiTest.client(IpmiSettings.standard().patience(Duration.ofMillis(60), 4))) {
      IpmiTarget direct = LanIpmiTest.target(card.endpoint(), IpmiSim.USER, IpmiSim.PASSWORD);
      IpmiTarget spoilt = LanIpmiTest.target(path.endpoint(), IpmiSim.USER, IpmiSim.PASSWORD);
      String truth = ipmi.talk(direct, s -> s.send(DEVICE_ID)).toString();
      int answered = 0;
      for (int i = 0; i < 60; i++) {
        try {
          assertThat(ipmi.talk(spoilt, s -> s.send(DEVICE_ID)).toString()).isEqualTo(truth);
          answered++;
        } catch (IpmiFailure e) {
          assertThat(e.kind()).isNotNull();
        }
      }

      path.hostile = false;
      assertThat(ipmi.talk(spoilt, s -> s.send(DEVICE_ID)).toString()).isEqualTo(truth);
      assertThat(answered).isPositive();
    }
  }
}
