package io.fettle.identity;

import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Hashes and compares passwords (bcrypt). Comparing is dear on purpose, so only as many run at once
 * as there are processors: a flood of tries cannot take the machine from the repairs.
 */
@Component
class Passwords {
  private static final int SHORTEST = 10;
  private static final int MOST_BYTES = 72;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

  private final PasswordEncoder encoder =
      PasswordEncoderFactories.createDelegatingPasswordEncoder();
  private final SecureRandom random = new SecureRandom();
  private final Semaphore turns = new Semaphore(Runtime.getRuntime().availableProcessors(), true);
  private final String nobodys = hash(random());

  String hash(String password) {
    String hash = encoder.encode(password);
    if (hash == null) throw new IllegalStateException("the encoder answered nothing");
    return hash;
  }

  /**
   * True when the password is the one behind the hash; null stands for an unknown account and takes
   * the same time.
   *
   * @throws Problem 503 when too many wait already
   */
  boolean matches(String password, @Nullable String hash) {
    boolean usable = bytes(password) <= MOST_BYTES;
    takeTurn();
    try {
      boolean same = encoder.matches(usable ? password : "-", hash == null ? nobodys : hash);
      return same && usable && hash != null;
    } finally {
      turns.release();
    }
  }

  private void takeTurn() {
    try {
      if (turns.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new Problem(
        503,
        "busy",
        new Label("同时登录的人太多，请稍后再试", "Too many sign in at once; try again shortly"),
        List.of());
  }

  boolean outdated(String hash) {
    return encoder.upgradeEncoding(hash);
  }

  /** 20 letters and digits that are not mistaken for one another: 116 bits. */
  String random() {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < 20; i++) out.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    return out.toString();
  }

  /** 256 random bits for a token. */
  String randomToken() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Refuses a password that a person may not choose. */
  void check(String password, String name) {
    if (password.codePointCount(0, password.length()) < SHORTEST)
      throw bad("密码至少 10 个字符", "a password has at least 10 characters");
    if (bytes(password) > MOST_BYTES)
      throw bad("密码最长 72 字节（UTF-8）", "a password has at most 72 bytes in UTF-8");
    if (password.equalsIgnoreCase(name))
      throw bad("密码不能与账号相同", "a password differs from the account's name");
  }

  static boolean tooLong(String password) {
    return bytes(password) > MOST_BYTES;
  }

  private static Problem bad(String zh, String en) {
    return Problem.badInput("password", "", zh, en);
  }

  private static int bytes(String password) {
    return password.getBytes(StandardCharsets.UTF_8).length;
  }
}
