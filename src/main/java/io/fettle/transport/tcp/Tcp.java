package io.fettle.transport.tcp;

import io.fettle.kernel.Endpoint;
import java.time.Duration;

/** Front door: is a TCP port open? Blocks; call it on a virtual thread. */
public interface Tcp {
  Answer probe(Endpoint endpoint, Duration limit);

  /** What the network said. */
  enum Answer {
    OPEN,
    REFUSED,
    SILENT,
    /** Not asked: too many conversations at once. */
    BUSY
  }
}
