package io.fettle.transport.ipmi;

import io.fettle.transport.ipmi.wire.LanMessage;
import io.fettle.transport.ipmi.wire.Packet;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one UDP socket for all cards and the one thread that reads it. A packet goes to the mailbox
 * of the conversation it belongs to: by the console's session id, or before a session by sender and
 * sequence number. A packet that belongs to nobody, or makes no sense, is dropped.
 *
 * <p>The channel is non-blocking on purpose: a caller that is interrupted while sending on a
 * blocking channel would close it for every card.
 */
final class RmcpSocket implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RmcpSocket.class);
  private static final int RECEIVE_BUFFER = 4 << 20;
  private static final int FIRST_SID_OFFSET = 4;

  private record Early(SocketAddress from, int sequence) {}

  private final DatagramChannel channel;
  private final Selector selector;
  private final SecureRandom random;
  private final Map<Integer, Line> sessions = new ConcurrentHashMap<>();
  private final Map<Early, Line> early = new ConcurrentHashMap<>();
  private final Thread reader;

  RmcpSocket(SecureRandom random) throws IOException {
    this.random = random;
    channel = DatagramChannel.open();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
    channel.configureBlocking(false);
    channel.bind(null);
    selector = Selector.open();
    channel.register(selector, SelectionKey.OP_READ);
    reader = Thread.ofPlatform().daemon().name("ipmi-reader").start(this::read);
  }

  /** A conversation with one card, registered under a session id of its own. */
  Line line(InetSocketAddress card) {
    Line line = new Line(this, card, random);
    int sid;
    do {
      sid = random.nextInt();
    } while (sid == 0 || sessions.putIfAbsent(sid, line) != null);
    line.sid(sid);
    return line;
  }

  /** Routes answers outside any session to this line; returns the sequence number to use. */
  int early(Line line) {
    int start = random.nextInt(64);
    for (int i = 0; i < 64; i++) {
      int sequence = (start + i) & 0x3f;
      if (early.putIfAbsent(new Early(line.card(), sequence), line) == null) return sequence;
    }
    throw new IllegalStateException("more than 64 probes at once of " + line.card());
  }

  void endEarly(Line line, int sequence) {
    early.remove(new Early(line.card(), sequence), line);
  }

  void end(Line line) {
    sessions.remove(line.sid(), line);
  }

  /** Sends; a full send buffer or an unroutable address counts as a lost packet. */
  void send(InetSocketAddress card, byte[] datagram) {
    try {
      channel.send(ByteBuffer.wrap(datagram), card);
    } catch (IOException | java.nio.channels.UnsupportedAddressTypeException e) {
      log.debug("ipmi send failed card={} why={}", card, e.toString());
    }
  }

  private void read() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(Packet.MAX_LENGTH + 1);
    while (selector.isOpen()) {
      try {
        selector.select(key -> drain(buffer));
      } catch (ClosedSelectorException e) {
        return;
      } catch (IOException | RuntimeException e) {
        log.warn("ipmi reader stumbled why={}", e.toString());
      }
    }
  }

  private void drain(ByteBuffer buffer) {
    try {
      while (true) {
        buffer.clear();
        SocketAddress from = channel.receive(buffer);
        if (from == null) return;
        byte[] datagram = new byte[buffer.flip().remaining()];
        buffer.get(datagram);
        Packet.parse(datagram).ifPresent(p -> deliver(from, p));
      }
    } catch (IOException e) {
      log.debug("ipmi receive failed why={}", e.toString());
    }
  }

  private void deliver(SocketAddress from, Packet packet) {
    Line line =
        switch (packet) {
          case Packet.Plus p when p.session() != 0 -> sessions.get(p.session());
          case Packet.Plus p when p.type() == Packet.IPMI -> early(from, p.payload());
          case Packet.Plus p -> handshake(p.payload());
          case Packet.Legacy l -> early(from, l.message());
          case Packet.Presence _ -> null;
        };
    if (line != null && line.card().equals(from)) line.deliver(packet);
  }

  private @Nullable Line early(SocketAddress from, byte[] message) {
    return LanMessage.parse(message)
        .map(m -> early.get(new Early(from, m.sequence())))
        .orElse(null);
  }

  private @Nullable Line handshake(byte[] payload) {
    if (payload.length < FIRST_SID_OFFSET + 4) return null;
    return sessions.get(
        ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getInt(FIRST_SID_OFFSET));
  }

  @Override
  public void close() throws IOException {
    selector.close();
    channel.close();
    reader.interrupt();
  }
}
