package io.fettle.transport.ipmi.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/** One UDP datagram of RMCP, read without trusting any length in it. */
public sealed interface Packet {
  /** Payload types of RMCP+ (IPMI 2.0, table 13-16). */
  int IPMI = 0x00;

  /** Open session request; its answer is one more. */
  int OPEN_REQUEST = 0x10;

  /** Open session answer. */
  int OPEN_ANSWER = 0x11;

  /** The four messages of the key exchange are consecutive. */
  int RAKP_1 = 0x12;

  /** RAKP 2. */
  int RAKP_2 = 0x13;

  /** RAKP 3. */
  int RAKP_3 = 0x14;

  /** RAKP 4. */
  int RAKP_4 = 0x15;

  /** Longest datagram anybody sends here; longer ones are cut by the reader and then refused. */
  int MAX_LENGTH = 1024;

  /** Presence ping or pong of ASF. */
  record Presence(boolean pong, int tag) implements Packet {}

  /** An IPMI 1.5 packet without authentication, as used before a session. */
  record Legacy(byte[] message) implements Packet {}

  /**
   * An RMCP+ packet.
   *
   * @param payload as on the wire, encrypted when {@code encrypted}
   * @param datagram the whole datagram, for the authentication code
   * @param payloadEnd where the payload ends in it
   */
  record Plus(
      int type,
      boolean encrypted,
      boolean authenticated,
      int session,
      int sequence,
      byte[] payload,
      byte[] datagram,
      int payloadEnd)
      implements Packet {}

  /** Reads a datagram; empty when it is none of the three. */
  static Optional<Packet> parse(byte[] d) {
    if (d.length < 4 || d.length > MAX_LENGTH || d[0] != 0x06) return Optional.empty();
    if (d[3] == 0x06) return presence(d);
    if (d[3] != 0x07 || d.length < 14) return Optional.empty();
    return switch (d[4]) {
      case 0x06 -> plus(d);
      case 0x00 -> legacy(d);
      default -> Optional.empty();
    };
  }

  private static Optional<Packet> presence(byte[] d) {
    if (d.length < 12) return Optional.empty();
    int type = d[8] & 0xff;
    if (type != 0x40 && type != 0x80) return Optional.empty();
    return Optional.of(new Presence(type == 0x40, d[9] & 0xff));
  }

  private static Optional<Packet> legacy(byte[] d) {
    int length = d[13] & 0xff;
    if (14 + length > d.length) return Optional.empty();
    return Optional.of(new Legacy(Arrays.copyOfRange(d, 14, 14 + length)));
  }

  private static Optional<Packet> plus(byte[] d) {
    if (d.length < 16) return Optional.empty();
    ByteBuffer b = ByteBuffer.wrap(d).order(ByteOrder.LITTLE_ENDIAN);
    int type = d[5] & 0x3f;
    if (type == 2) return Optional.empty();
    int length = b.getShort(14) & 0xffff;
    if (16 + length > d.length) return Optional.empty();
    return Optional.of(
        new Plus(
            type,
            (d[5] & 0x80) != 0,
            (d[5] & 0x40) != 0,
            b.getInt(6),
            b.getInt(10),
            Arrays.copyOfRange(d, 16, 16 + length),
            d,
            16 + length));
  }

  /** Presence ping. */
  static byte[] ping(int tag) {
    return new byte[] {
      6, 0, (byte) 0xff, 6, 0, 0, 0x11, (byte) 0xbe, (byte) 0x80, (byte) tag, 0, 0
    };
  }

  /** Presence pong: IPMI supported, ASF 1.0. */
  static byte[] pong(int tag) {
    byte[] b = new byte[28];
    System.arraycopy(ping(tag), 0, b, 0, 12);
    b[8] = 0x40;
    b[11] = 16;
    b[14] = 0x11;
    b[15] = (byte) 0xbe;
    b[20] = (byte) 0x81;
    return b;
  }

  /** An IPMI 1.5 packet outside any session. */
  static byte[] legacy(LanMessage message) {
    byte[] m = message.bytes();
    byte[] b = new byte[14 + m.length];
    header(b, 0x00);
    b[13] = (byte) m.length;
    System.arraycopy(m, 0, b, 14, m.length);
    return b;
  }

  /** An RMCP+ packet outside any session: neither encrypted nor authenticated. */
  static byte[] plain(int type, byte[] payload) {
    byte[] b = new byte[16 + payload.length];
    header(b, 0x06);
    b[5] = (byte) type;
    ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN).putShort(14, (short) payload.length);
    System.arraycopy(payload, 0, b, 16, payload.length);
    return b;
  }

  private static void header(byte[] b, int format) {
    b[0] = 6;
    b[2] = (byte) 0xff;
    b[3] = 7;
    b[4] = (byte) format;
  }
}
