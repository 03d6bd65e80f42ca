package io.fettle.transport.ipmi.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What both sides of one key exchange know when RAKP 2 has been sent (IPMI 2.0, 13.31): the names
 * are the specification's, M the remote console, C the card.
 *
 * @param sidM session id chosen by the console
 * @param sidC session id chosen by the card
 * @param role RAKP 1's role byte as sent, look-up bit included
 * @param name user name, at most 16 bytes
 */
public record Rakp(
    Suite suite,
    int sidM,
    int sidC,
    byte[] randomM,
    byte[] randomC,
    byte[] guid,
    int role,
    byte[] name) {
  /** Length of a password's key: passwords are padded with zeros to it. */
  public static final int KEY_LENGTH = 20;

  /** The user's key: the password, padded or cut to 20 bytes. */
  public static byte[] userKey(byte[] password) {
    return Arrays.copyOf(password, KEY_LENGTH);
  }

  /** Key exchange code of RAKP 2, made by the card. */
  public byte[] code2(byte[] userKey) {
    return suite.mac(userKey, le(sidM), le(sidC), randomM, randomC, guid, who());
  }

  /** Key exchange code of RAKP 3, made by the console. */
  public byte[] code3(byte[] userKey) {
    return suite.mac(userKey, randomC, le(sidM), who());
  }

  /** Session integrity key; the user's key stands in for Kg, which is unset on these cards. */
  public byte[] sessionKey(byte[] kg) {
    return suite.mac(kg, randomM, randomC, who());
  }

  /** Integrity check value of RAKP 4, made by the card. */
  public byte[] check4(byte[] sessionKey) {
    return Arrays.copyOf(suite.mac(sessionKey, randomM, le(sidC), guid), suite.codeLength());
  }

  private byte[] who() {
    byte[] b = new byte[2 + name.length];
    b[0] = (byte) role;
    b[1] = (byte) name.length;
    System.arraycopy(name, 0, b, 2, name.length);
    return b;
  }

  private static byte[] le(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }
}
