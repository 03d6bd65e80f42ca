package io.fettle.backup;

import io.fettle.kernel.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of the backups: 32 random bytes in {@code FETTLE_HOME/backup.key}, from which one key
 * names and one seals. A sealed text is a nonce, AES-256-GCM's ciphertext and its tag; what it
 * stands for is bound in, so that one put in another's place does not open.
 */
final class BackupKey {
  static final String FILE = "backup.key";
  private static final int BYTES = 32;
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String id;
  private final SecretKeySpec naming;
  private final SecretKeySpec sealing;

  private BackupKey(byte[] key) {
    id = HexFormat.of().formatHex(derive(key, "fettle backup key id"), 0, 8);
    naming = new SecretKeySpec(derive(key, "fettle backup names"), "HmacSHA256");
    sealing = new SecretKeySpec(derive(key, "fettle backup seals"), "AES");
  }

  /** The key of this home; made at first use. */
  static BackupKey of(Path home) {
    Path file = home.resolve(FILE);
    try {
      if (!Files.exists(file)) {
        byte[] fresh = new byte[BYTES];
        RANDOM.nextBytes(fresh);
        PrivateFile.write(file, Base64.getEncoder().encodeToString(fresh));
      }
      return read(file);
    } catch (IOException e) {
      throw new BackupRefused(
          "无法使用备份密钥文件 " + file + "（" + e + "）。",
          "The backup key " + file + " cannot be used (" + e + ").");
    }
  }

  /** The key in a file. */
  static BackupKey read(Path file) {
    try {
      return parse(Files.readString(file))
          .orElseThrow(() ->
              new BackupRefused(
                  file + " 里没有备份密钥（应为 32 字节的 base64）。",
                  file + " holds no backup key (32 bytes in base64)."));
    } catch (IOException e) {
      throw new BackupRefused(
          "读不到备份密钥文件 " + file + "（" + e + "）。",
          "The backup key " + file + " cannot be read (" + e + ").");
    }
  }

  static Optional<BackupKey> parse(String text) {
    try {
      byte[] key = Base64.getDecoder().decode(text.strip());
      return key.length == BYTES ? Optional.of(new BackupKey(key)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** 16 hex digits that tell one key from another and nothing else. */
  String id() {
    return id;
  }

  /** A name for these bytes that only the key's holder could have computed. */
  String name(byte[] bytes, int length) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(naming);
      mac.update(bytes, 0, length);
      return HexFormat.of().formatHex(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] seal(byte[] plain, byte[] standsFor) {
    byte[] nonce = new byte[NONCE];
    RANDOM.nextBytes(nonce);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, standsFor);
      byte[] sealed = Arrays.copyOf(nonce, NONCE + cipher.getOutputSize(plain.length));
      cipher.doFinal(plain, 0, plain.length, sealed, NONCE);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Empty when the key, the bytes or what they stand for is another. */
  Optional<byte[]> open(byte[] sealed, byte[] standsFor) {
    if (sealed.length < NONCE + TAG_BITS / 8) return Optional.empty();
    try {
      byte[] nonce = Arrays.copyOf(sealed, NONCE);
      return Optional.of(
          cipher(Cipher.DECRYPT_MODE, nonce, standsFor)
              .doFinal(sealed, NONCE, sealed.length - NONCE));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, byte[] standsFor) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, sealing, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(standsFor);
    return cipher;
  }

  private static byte[] derive(byte[] key, String use) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(use.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return "BackupKey[" + id + "]";
  }
}
