package io.fettle.transport.ipmi.wire;

import java.util.Arrays;
import java.util.Optional;

/**
 * One IPMI message as LAN carries it: two addresses, two checksums, a sequence number and a command
 * (IPMI 2.0, 13.8).
 *
 * @param to address of the receiver: 0x20 the card, 0x81 remote console software
 * @param from address of the sender
 * @param netFn network function; odd in an answer
 * @param sequence 0..63
 * @param data bytes after the command; an answer's first byte is the completion code
 */
public record LanMessage(int to, int from, int netFn, int sequence, int command, byte[] data) {
  /** The card. */
  public static final int CARD = 0x20;

  /** Remote console software. */
  public static final int CONSOLE = 0x81;

  private static final int FRAME = 7;

  /** A request to the card. */
  public static LanMessage request(int netFn, int sequence, int command, byte... data) {
    return new LanMessage(CARD, CONSOLE, netFn, sequence, command, data);
  }

  /** The answer to this request; {@code data} begins with the completion code. */
  public LanMessage answer(byte[] answer) {
    return new LanMessage(from, to, netFn | 1, sequence, command, answer);
  }

  /** True when this is the answer to that request. */
  public boolean answers(LanMessage request) {
    return netFn == (request.netFn | 1)
        && sequence == request.sequence
        && command == request.command
        && data.length > 0;
  }

  /** The bytes on the wire. */
  public byte[] bytes() {
    byte[] b = new byte[FRAME + data.length];
    b[0] = (byte) to;
    b[1] = (byte) (netFn << 2);
    b[2] = checksum(b, 0, 2);
    b[3] = (byte) from;
    b[4] = (byte) (sequence << 2);
    b[5] = (byte) command;
    System.arraycopy(data, 0, b, 6, data.length);
    b[b.length - 1] = checksum(b, 3, b.length - 1);
    return b;
  }

  /** Reads a message; empty when it is cut or a checksum is wrong. */
  public static Optional<LanMessage> parse(byte[] b) {
    if (b.length < FRAME) return Optional.empty();
    if (b[2] != checksum(b, 0, 2)) return Optional.empty();
    if (b[b.length - 1] != checksum(b, 3, b.length - 1)) return Optional.empty();
    return Optional.of(
        new LanMessage(
            b[0] & 0xff,
            b[3] & 0xff,
            (b[1] & 0xff) >> 2,
            (b[4] & 0xff) >> 2,
            b[5] & 0xff,
            Arrays.copyOfRange(b, 6, b.length - 1)));
  }

  private static byte checksum(byte[] b, int from, int to) {
    int sum = 0;
    for (int i = from; i < to; i++) sum += b[i];
    return (byte) -sum;
  }
}
