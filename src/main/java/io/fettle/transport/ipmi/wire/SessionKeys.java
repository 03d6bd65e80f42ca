package io.fettle.transport.ipmi.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The keys of one open session: seals what goes out, opens and verifies what comes in. */
public final class SessionKeys {
  private static final int BLOCK = 16;
  private static final int HEADER = 16;

  private final Suite suite;
  private final Key integrity;
  private final Key confidentiality;

  /** Derives K1 and K2 from the session integrity key (IPMI 2.0, 13.32). */
  public SessionKeys(Suite suite, byte[] sessionKey) {
    this.suite = suite;
    this.integrity = suite.key(suite.mac(sessionKey, constant(1)));
    this.confidentiality =
        new SecretKeySpec(Arrays.copyOf(suite.mac(sessionKey, constant(2)), BLOCK), "AES");
  }

  private static byte[] constant(int value) {
    byte[] b = new byte[20];
    Arrays.fill(b, (byte) value);
    return b;
  }

  /**
   * An encrypted and authenticated packet.
   *
   * @param session the receiver's session id
   * @param random source of the initialisation vector; must not be guessable
   */
  public byte[] seal(int session, int sequence, LanMessage message, RandomGenerator random) {
    byte[] payload = encrypt(message.bytes(), random);
    int pad = (4 - (HEADER - 4 + payload.length + 2) % 4) % 4;
    int signed = HEADER + payload.length + pad + 2;
    byte[] packet = new byte[signed + suite.codeLength()];
    ByteBuffer b = ByteBuffer.wrap(packet).order(ByteOrder.LITTLE_ENDIAN);
    b.put(new byte[] {6, 0, (byte) 0xff, 7, 6, (byte) 0xc0}).putInt(session).putInt(sequence);
    b.putShort((short) payload.length).put(payload);
    for (int i = 0; i < pad; i++) b.put((byte) 0xff);
    b.put((byte) pad).put((byte) 7);
    b.put(code(packet, signed));
    return packet;
  }

  /** The message inside; empty when it is not authentic, not encrypted or malformed. */
  public Optional<LanMessage> open(Packet.Plus packet) {
    if (!packet.authenticated() || !packet.encrypted() || packet.type() != Packet.IPMI)
      return Optional.empty();
    return authentic(packet)
        ? decrypt(packet.payload()).flatMap(LanMessage::parse)
        : Optional.empty();
  }

  private boolean authentic(Packet.Plus packet) {
    byte[] d = packet.datagram();
    int signed = d.length - suite.codeLength();
    if (signed < packet.payloadEnd() + 2) return false;
    int pad = d[signed - 2] & 0xff;
    if (signed - 2 - pad != packet.payloadEnd()) return false;
    return MessageDigest.isEqual(code(d, signed), Arrays.copyOfRange(d, signed, d.length));
  }

  private byte[] code(byte[] packet, int end) {
    byte[] mac = suite.mac(integrity, Arrays.copyOfRange(packet, 4, end));
    return Arrays.copyOf(mac, suite.codeLength());
  }

  private byte[] encrypt(byte[] plain, RandomGenerator random) {
    byte[] iv = new byte[BLOCK];
    random.nextBytes(iv);
    int pad = (BLOCK - (plain.length + 1) % BLOCK) % BLOCK;
    byte[] padded = Arrays.copyOf(plain, plain.length + pad + 1);
    for (int i = 0; i < pad; i++) padded[plain.length + i] = (byte) (i + 1);
    padded[padded.length - 1] = (byte) pad;
    byte[] sealed = aes(Cipher.ENCRYPT_MODE, iv, padded, 0, padded.length);
    byte[] all = Arrays.copyOf(iv, BLOCK + sealed.length);
    System.arraycopy(sealed, 0, all, BLOCK, sealed.length);
    return all;
  }

  private Optional<byte[]> decrypt(byte[] sealed) {
    if (sealed.length < 2 * BLOCK || sealed.length % BLOCK != 0) return Optional.empty();
    byte[] iv = Arrays.copyOf(sealed, BLOCK);
    byte[] padded = aes(Cipher.DECRYPT_MODE, iv, sealed, BLOCK, sealed.length - BLOCK);
    int pad = padded[padded.length - 1] & 0xff;
    if (pad >= BLOCK || pad + 1 > padded.length) return Optional.empty();
    for (int i = 0; i < pad; i++)
      if (padded[padded.length - 1 - pad + i] != i + 1) return Optional.empty();
    return Optional.of(Arrays.copyOf(padded, padded.length - pad - 1));
  }

  private byte[] aes(int mode, byte[] iv, byte[] bytes, int from, int length) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
      cipher.init(mode, confidentiality, new IvParameterSpec(iv));
      return cipher.doFinal(bytes, from, length);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES failed on " + length + " bytes", e);
    }
  }
}
