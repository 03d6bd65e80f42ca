package io.fettle.transport.ipmi.wire;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The cipher suites spoken here (IPMI 2.0, table 22-20): an HMAC for authentication and integrity,
 * AES-CBC-128 for confidentiality.
 */
public enum Suite {
  /** RAKP-HMAC-SHA1, HMAC-SHA1-96, AES-CBC-128: every IPMI 2.0 card must have it. */
  SHA1(3, 1, 1, "HmacSHA1", 12),
  /** RAKP-HMAC-SHA256, HMAC-SHA256-128, AES-CBC-128: preferred. */
  SHA256(17, 3, 4, "HmacSHA256", 16);

  /** Algorithm number of AES-CBC-128, which both suites use. */
  public static final int CONFIDENTIALITY = 1;

  private final int id;
  private final int authentication;
  private final int integrity;
  private final String algorithm;
  private final int codeLength;

  Suite(int id, int authentication, int integrity, String algorithm, int codeLength) {
    this.id = id;
    this.authentication = authentication;
    this.integrity = integrity;
    this.algorithm = algorithm;
    this.codeLength = codeLength;
  }

  /** The suite's number: 3 or 17. */
  public int id() {
    return id;
  }

  /** Authentication algorithm number in Open Session. */
  public int authentication() {
    return authentication;
  }

  /** Integrity algorithm number in Open Session. */
  public int integrity() {
    return integrity;
  }

  /** Length of a packet's authentication code and of RAKP 4's check value, in bytes. */
  public int codeLength() {
    return codeLength;
  }

  /** Length of the whole MAC, as RAKP 2 and RAKP 3 carry it: 20 or 32 bytes. */
  public int macLength() {
    return this == SHA1 ? 20 : 32;
  }

  /** HMAC over the parts in order. */
  public byte[] mac(byte[] key, byte[]... parts) {
    return mac(new SecretKeySpec(key, algorithm), parts);
  }

  byte[] mac(Key key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(key);
      for (byte[] part : parts) mac.update(part);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(algorithm + " is missing in this JDK", e);
    }
  }

  Key key(byte[] bytes) {
    return new SecretKeySpec(bytes, algorithm);
  }

  /** The suite with these algorithm numbers; empty when it is none of ours. */
  public static Optional<Suite> of(int authentication, int integrity, int confidentiality) {
    for (Suite s : values())
      if (s.authentication == authentication
          && s.integrity == integrity
          && confidentiality == CONFIDENTIALITY) return Optional.of(s);
    return Optional.empty();
  }

  /** The best of ours among the numbers a card offers. */
  public static Optional<Suite> best(Set<Integer> offered) {
    if (offered.contains(SHA256.id)) return Optional.of(SHA256);
    return offered.contains(SHA1.id) ? Optional.of(SHA1) : Optional.empty();
  }
}
