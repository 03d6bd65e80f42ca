package io.fettle.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fettle.kernel.Endpoint;
import io.fettle.transport.LabGuard;
import io.fettle.transport.OutsideLab;
import io.fettle.transport.tcp.Tcp.Answer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectProbeTest {
  private static final Duration LIMIT = Duration.ofMillis(400);

  private final Tcp tcp =
      new ConnectProbe(new TcpSettings(10, 10, 10, Duration.ofSeconds(5)), new LabGuard(true));

  @Test
  void openRefusedAndSilentAreToldApart() throws Exception {
    Endpoint endpoint;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.58.1"))) {
      endpoint = new Endpoint("127.0.58.1", server.getLocalPort());
      assertThat(tcp.probe(endpoint, LIMIT)).isEqualTo(Answer.OPEN);

      try (Socket first = new Socket();
          Socket second = new Socket()) {
        first.connect(server.getLocalSocketAddress());
        try {
          second.connect(server.getLocalSocketAddress(), 200);
        } catch (java.net.SocketTimeoutException e) {
          assertThat(e).isNotNull();
        }
        assertThat(tcp.probe(endpoint, LIMIT)).isEqualTo(Answer.SILENT);
      }
    }
    assertThat(tcp.probe(endpoint, LIMIT)).isEqualTo(Answer.REFUSED);
  }

  @Test
  void theLabSpeaksToLoopbackOnly() {
    assertThatThrownBy(() -> tcp.probe(new Endpoint("192.0.2.7", 22), LIMIT))
        .isInstanceOf(OutsideLab.class)
        .hasMessageContaining("192.0.2.7");
  }
}
