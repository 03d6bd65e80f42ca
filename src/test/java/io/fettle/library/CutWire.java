package io.fettle.library;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A wire to a local port that is cut, both ways, once so many bytes went towards it. */
final class CutWire implements AutoCloseable {
  private final ServerSocket door;
  private final int target;
  private final AtomicLong left;
  private final CountDownLatch cut = new CountDownLatch(1);
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  CutWire(int target, long bytes) throws IOException {
    this.target = target;
    left = new AtomicLong(bytes);
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  void awaitCut(Duration limit) throws InterruptedException {
    if (!cut.await(limit.toMillis(), TimeUnit.MILLISECONDS))
      throw new AssertionError("too few bytes came to cut the wire");
  }

  private void accept() {
    try {
      while (true) {
        Socket near = door.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(near);
        sockets.add(far);
        Thread.ofVirtual().start(() -> carry(near, far, true));
        Thread.ofVirtual().start(() -> carry(far, near, false));
      }
    } catch (IOException e) {
      // The door is closed.
    }
  }

  private void carry(Socket from, Socket to, boolean counted) {
    byte[] bytes = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        if (counted && left.addAndGet(-count) < 0) {
          cutNow();
          return;
        }
        out.write(bytes, 0, count);
      }
    } catch (IOException e) {
      // The other way round was closed.
    }
  }

  private void cutNow() throws IOException {
    for (Socket socket : sockets) {
      socket.setSoLinger(true, 0);
      socket.close();
    }
    cut.countDown();
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Socket socket : sockets) socket.close();
  }
}
