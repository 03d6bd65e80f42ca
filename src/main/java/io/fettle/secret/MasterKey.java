package io.fettle.secret;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * A key that seals the keys of the credentials.
 *
 * @param id 16 hex digits derived from the key; tells nothing of it
 */
record MasterKey(String id, SecretKey key) {
  private static final String CHECK = "fettle master key";

  /** Reads 32 bytes in base64 (either alphabet) or hex; empty when it is neither. */
  static Optional<MasterKey> parse(String text) {
    String t = text.strip();
    try {
      byte[] bytes =
          t.length() == 2 * Seal.KEY_BYTES
              ? HexFormat.of().parseHex(t)
              : Base64.getDecoder().decode(t.replace('-', '+').replace('_', '/'));
      return bytes.length == Seal.KEY_BYTES ? Optional.of(of(bytes)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static MasterKey of(byte[] bytes) {
    SecretKey key = Seal.key(bytes);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      byte[] sum = mac.doFinal("fettle key id".getBytes(StandardCharsets.UTF_8));
      return new MasterKey(HexFormat.of().formatHex(sum, 0, 8), key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] checkValue() {
    return Seal.close(key, CHECK.getBytes(StandardCharsets.UTF_8), "check " + id);
  }

  boolean opens(byte[] checkValue) {
    return Seal.open(key, checkValue, "check " + id)
        .map(plain -> new String(plain, StandardCharsets.UTF_8).equals(CHECK))
        .orElse(false);
  }

  @Override
  public String toString() {
    return "MasterKey[" + id + "]";
  }
}
