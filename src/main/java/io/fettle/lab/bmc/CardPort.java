package io.fettle.lab.bmc;

import io.fettle.transport.ipmi.wire.LanMessage;
import io.fettle.transport.ipmi.wire.Packet;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.util.Optional;

/** The network side of one card. Touched by the server's thread only. */
final class CardPort {
  private static final byte[] NOTHING = {};

  private final BmcModel model;
  private final CardSessions sessions;

  CardPort(BmcModel model, SecureRandom random) {
    this.model = model;
    this.sessions = new CardSessions(model, random);
  }

  /** The answer to one packet; empty when there is none. */
  byte[] answer(SocketAddress from, byte[] datagram) {
    if (model.silent()) return NOTHING;
    return Packet.parse(datagram).map(p -> answer(from, p)).orElse(NOTHING);
  }

  private byte[] answer(SocketAddress from, Packet packet) {
    return switch (packet) {
      case Packet.Presence p -> p.pong() ? NOTHING : Packet.pong(p.tag());
      case Packet.Legacy l -> early(l.message()).map(Packet::legacy).orElse(NOTHING);
      case Packet.Plus p when p.session() != 0 -> sessions.command(from, p);
      case Packet.Plus p when p.encrypted() || p.authenticated() -> NOTHING;
      case Packet.Plus p ->
          switch (p.type()) {
            case Packet.IPMI ->
                early(p.payload()).map(m -> Packet.plain(Packet.IPMI, m.bytes())).orElse(NOTHING);
            case Packet.OPEN_REQUEST -> sessions.open(from, p.payload());
            case Packet.RAKP_1 -> sessions.rakp1(from, p.payload());
            case Packet.RAKP_3 -> sessions.rakp3(from, p.payload());
            default -> NOTHING;
          };
    };
  }

  /** What is answered without a session; everything else is met with silence, as on real cards. */
  private Optional<LanMessage> early(byte[] message) {
    return LanMessage.parse(message).flatMap(m -> Capabilities.answer(model, m).map(m::answer));
  }
}
