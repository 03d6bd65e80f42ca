package io.fettle.transport.ssh;

import io.fettle.transport.ssh.SshOutcome.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Arrays;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.util.security.SecurityUtils;

/** Reads private keys in OpenSSH or PEM form. */
final class PrivateKeys {
  /** The key pair; a key that cannot be read is a credential that is not there. */
  KeyPair read(char[] text) throws SshFailure {
    ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(text));
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    try {
      var pairs =
          SecurityUtils.loadKeyPairIdentities(
              null, NamedResource.ofName("credential"), new ByteArrayInputStream(bytes), null);
      if (pairs != null) for (KeyPair pair : pairs) return pair;
      throw new SshFailure(Kind.NO_CREDENTIAL, "The credential holds no private key");
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new SshFailure(
          Kind.NO_CREDENTIAL, "The private key cannot be read: " + e.getClass().getSimpleName());
    } finally {
      Arrays.fill(bytes, (byte) 0);
      Arrays.fill(encoded.array(), (byte) 0);
    }
  }
}
