package io.fettle.transport.tcp;

import io.fettle.kernel.Endpoint;
import io.fettle.transport.LabGuard;
import io.fettle.transport.Limits;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Service;

/** One connect and nothing sent. */
@Service
@EnableConfigurationProperties(TcpSettings.class)
class ConnectProbe implements Tcp {
  private final LabGuard guard;
  private final Limits limits;

  ConnectProbe(TcpSettings settings, LabGuard guard) {
    this.guard = guard;
    this.limits = new Limits(settings.widths());
  }

  @Override
  public Answer probe(Endpoint endpoint, Duration limit) {
    Optional<Limits.Pass> pass = limits.enter(endpoint);
    if (pass.isEmpty()) return Answer.BUSY;
    try (Limits.Pass _ = pass.get()) {
      return inside(endpoint, limit);
    }
  }

  private Answer inside(Endpoint endpoint, Duration limit) {
    try (Socket socket = new Socket()) {
      socket.connect(guard.resolve(endpoint), Math.toIntExact(Math.max(1, limit.toMillis())));
      return Answer.OPEN;
    } catch (UnknownHostException e) {
      return Answer.SILENT;
    } catch (ConnectException e) {
      return refused(e) ? Answer.REFUSED : Answer.SILENT;
    } catch (IOException e) {
      return Answer.SILENT;
    }
  }

  /** A reset is an answer of the machine; 'no route' is an answer of nobody that matters. */
  private static boolean refused(ConnectException e) {
    return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("refused");
  }
}
