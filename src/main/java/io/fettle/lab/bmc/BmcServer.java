package io.fettle.lab.bmc;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Serves IPMI 2.0 over UDP for thousands of simulated cards with one selector thread; each card has
 * a socket of its own, since cards differ by address.
 */
public final class BmcServer implements AutoCloseable {
  private final Selector selector;
  private final Map<InetSocketAddress, DatagramChannel> sockets = new ConcurrentHashMap<>();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(2048);
  private final SecureRandom random = new SecureRandom();
  private final Thread thread;

  /** Starts the thread. */
  public BmcServer() throws IOException {
    selector = Selector.open();
    thread = Thread.ofPlatform().daemon().name("lab-bmc").start(this::serve);
  }

  /** Binds a card; port 0 takes a free one. Returns where it listens. */
  public InetSocketAddress add(InetSocketAddress address, BmcModel model) throws IOException {
    DatagramChannel socket = DatagramChannel.open();
    socket.setOption(StandardSocketOptions.SO_REUSEADDR, false);
    socket.bind(address);
    socket.configureBlocking(false);
    InetSocketAddress bound = (InetSocketAddress) socket.getLocalAddress();
    sockets.put(bound, socket);
    CardPort port = new CardPort(model, random);
    tasks.add(() -> {
      try {
        socket.register(selector, SelectionKey.OP_READ, port);
      } catch (IOException e) {
        throw new IllegalStateException("cannot register " + bound, e);
      }
    });
    selector.wakeup();
    return bound;
  }

  /** Takes a card off the network. */
  public void remove(InetSocketAddress address) throws IOException {
    DatagramChannel socket = sockets.remove(address);
    if (socket != null) socket.close();
    selector.wakeup();
  }

  private void serve() {
    while (selector.isOpen()) {
      try {
        selector.select(1000);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) task.run();
        for (SelectionKey key : selector.selectedKeys()) if (key.isValid()) answer(key);
        selector.selectedKeys().clear();
      } catch (IOException | RuntimeException e) {
        if (!selector.isOpen()) return;
      }
    }
  }

  private void answer(SelectionKey key) throws IOException {
    DatagramChannel socket = (DatagramChannel) key.channel();
    CardPort port = (CardPort) key.attachment();
    for (int i = 0; i < 64; i++) {
      buffer.clear();
      SocketAddress from = socket.receive(buffer);
      if (from == null) return;
      byte[] packet = new byte[buffer.flip().remaining()];
      buffer.get(packet);
      byte[] answer = port.answer(from, packet);
      if (answer.length > 0) socket.send(ByteBuffer.wrap(answer), from);
    }
  }

  /** Stops the thread and closes every socket. */
  @Override
  public void close() throws IOException {
    selector.close();
    for (DatagramChannel socket : sockets.values()) socket.close();
    sockets.clear();
    try {
      thread.join(2000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
