package io.fettle.transport.ssh;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Passwords that a machine has just refused: not offered again for a while. A check that tried a
 * wrong one every few minutes would lock the very account it needs (faillock, 3 of 15 minutes). A
 * new password is another password and is tried at once. Keeps salted digests, never passwords.
 */
final class RefusedPasswords {
  private static final int REMEMBERED = 10_000;

  private final long pauseNanos;
  private final byte[] salt = new byte[16];
  private final Map<String, Long> until = new LinkedHashMap<>();

  RefusedPasswords(Duration pause) {
    this.pauseNanos = pause.toNanos();
    new SecureRandom().nextBytes(salt);
  }

  void refused(SshTarget target, char[] password) {
    synchronized (until) {
      until.put(key(target, password), System.nanoTime() + pauseNanos);
      if (until.size() > REMEMBERED) until.remove(until.keySet().iterator().next());
    }
  }

  boolean pausing(SshTarget target, char[] password) {
    synchronized (until) {
      if (until.isEmpty()) return false;
      Long end = until.get(key(target, password));
      return end != null && end - System.nanoTime() > 0;
    }
  }

  private String key(SshTarget target, char[] password) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      digest.update((target + "\n").getBytes(StandardCharsets.UTF_8));
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
      digest.update(bytes);
      Arrays.fill(bytes.array(), (byte) 0);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
