package io.fettle.transport.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Arrays;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;

/** An ed25519 key made for one log-in: it lives in memory alone and is gone when closed. */
public final class OneTimeKey implements AutoCloseable {
  private final String publicKey;
  private final char[] privateKey;

  private OneTimeKey(String publicKey, char[] privateKey) {
    this.publicKey = publicKey;
    this.privateKey = privateKey;
  }

  public static OneTimeKey make() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      KeyPair pair = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "one-time", null, text);
      byte[] bytes = text.toByteArray();
      CharBuffer chars = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
      char[] secret = new char[chars.remaining()];
      chars.get(secret);
      Arrays.fill(bytes, (byte) 0);
      Arrays.fill(chars.array(), '\0');
      return new OneTimeKey(PublicKeyEntry.toString(pair.getPublic()), secret);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("no ed25519 key could be made", e);
    }
  }

  /** Type and blob, as in authorized_keys. */
  public String publicKey() {
    return publicKey;
  }

  /** OpenSSH text; the key's own array, empty of meaning once closed. */
  public char[] privateKey() {
    return privateKey;
  }

  @Override
  public void close() {
    Arrays.fill(privateKey, '\0');
  }
}
