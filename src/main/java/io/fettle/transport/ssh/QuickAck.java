package io.fettle.transport.ssh;

import java.io.IOException;
import java.nio.channels.AsynchronousSocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.io.nio2.Nio2Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Acknowledges what comes next at once. sshd writes two packets in a row at the log-in and when a
 * channel opens, and its kernel holds back the second until the first is acknowledged, which ours
 * puts off by 40 ms once it has sent something itself (tcp(7), TCP_QUICKACK: not permanent).
 */
final class QuickAck {
  private static final Logger LOG = LoggerFactory.getLogger(QuickAck.class);

  private QuickAck() {}

  /** To be called right after a packet was sent; where the kernel does not know it, nothing. */
  static void of(ClientSession session) {
    if (!(session.getIoSession() instanceof Nio2Session io)) return;
    try {
      if (io.getSocket() instanceof AsynchronousSocketChannel channel)
        channel.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
    } catch (IOException | UnsupportedOperationException e) {
      LOG.trace("acknowledged when the kernel likes: {}", e.toString());
    }
  }
}
