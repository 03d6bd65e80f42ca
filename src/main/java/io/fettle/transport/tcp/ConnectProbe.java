package io.fettle.transport.tcp;

import io.fettle.kernel.Endpoint;
import io.fettle.transport.LabGuard;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import org.springframework.stereotype.Service;

/** One connect and nothing sent. */
@Service
class ConnectProbe implements Tcp {
  private final LabGuard guard;

  ConnectProbe(LabGuard guard) {
    this.guard = guard;
  }

  @Override
  public Answer probe(Endpoint endpoint, Duration limit) {
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
