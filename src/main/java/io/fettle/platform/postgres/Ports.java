package io.fettle.platform.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.random.RandomGenerator;

/** Free loopback ports below the range that the kernel hands out to outgoing connections. */
final class Ports {
  private static final int FIRST = 20_000;
  private static final int COUNT = 12_000;

  private Ports() {}

  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static int free() {
    for (int attempt = 0; attempt < 200; attempt++) {
      int port = FIRST + RandomGenerator.getDefault().nextInt(COUNT);
      if (isFree(port)) return port;
    }
    throw new IllegalStateException("no free loopback port");
  }
}
