package io.fettle.secret;

import io.fettle.kernel.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Locale;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/** Between the characters of a secret and its bytes, leaving no copies behind; and its checks. */
final class SecretText {
  private static final int MOST = 64 * 1024;
  private static final int BMC_MOST = 20;

  private SecretText() {}

  static byte[] bytes(char[] text) {
    ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(text));
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    Arrays.fill(encoded.array(), (byte) 0);
    return bytes;
  }

  /** Wipes the bytes. */
  static char[] text(byte[] bytes) {
    CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
    char[] text = new char[decoded.remaining()];
    decoded.get(text);
    Arrays.fill(decoded.array(), '\0');
    Arrays.fill(bytes, (byte) 0);
    return text;
  }

  /** Refuses a secret that no machine or card would take. */
  static void check(Credential.Kind kind, byte[] secret) {
    if (secret.length == 0) throw bad("内容为空", "the secret is empty");
    if (secret.length > MOST) throw bad("超过 64 KB", "it is larger than 64 KB");
    switch (kind) {
      case SSH_KEY -> checkKey(secret);
      case SSH_PASSWORD, SERVICE -> checkLine(secret);
      case BMC -> {
        checkLine(secret);
        if (secret.length > BMC_MOST)
          throw bad("IPMI 2.0 口令最长 20 字节", "an IPMI 2.0 password has at most 20 bytes");
      }
    }
  }

  private static void checkLine(byte[] secret) {
    for (byte b : secret)
      if (b == '\n' || b == '\r' || b == 0) throw bad("口令只能是一行", "a password is one line");
  }

  private static void checkKey(byte[] secret) {
    try {
      var pairs =
          SecurityUtils.loadKeyPairIdentities(
              null, NamedResource.ofName("credential"), new ByteArrayInputStream(secret), null);
      if (pairs != null) for (KeyPair ignored : pairs) return;
      throw bad(
          "这不是 OpenSSH 或 PEM 格式的私钥（注意不要提供 .pub 公钥）",
          "this is no private key in OpenSSH or PEM form (not the .pub file)");
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      if (encrypted(e, secret))
        throw bad(
            "私钥带有口令；请先去掉：ssh-keygen -p -N '' -f 文件",
            "the key has a passphrase; take it off first: ssh-keygen -p -N '' -f FILE");
      throw bad(
          "私钥无法读取，可能被截断或格式不支持", "the private key cannot be read: cut short, or of an unknown form");
    }
  }

  private static boolean encrypted(Exception e, byte[] secret) {
    String message = says(e.getMessage());
    return message.contains("password")
        || message.contains("passphrase")
        || message.contains("encrypted")
        || new String(secret, StandardCharsets.ISO_8859_1).contains("ENCRYPTED");
  }

  private static String says(@Nullable String message) {
    return message == null ? "" : message.toLowerCase(Locale.ROOT);
  }

  private static Problem bad(String zh, String en) {
    return Problem.badInput("secret", "", zh, en);
  }
}
