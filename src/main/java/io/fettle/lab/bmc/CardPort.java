package io.fettle.lab.bmc;

import java.net.SocketAddress;

/**
 * The protocol side of one card: sessions and their states. Touched by the server's thread only.
 */
final class CardPort {
  private static final byte[] NOTHING = {};
  private final BmcModel model;

  CardPort(BmcModel model) {
    this.model = model;
  }

  /** The answer to one packet; empty when there is none. */
  byte[] answer(SocketAddress from, byte[] packet) {
    if (model.silent() || packet.length < 12 || packet[0] != 6 || packet[3] != 6) return NOTHING;
    return NOTHING;
  }
}
