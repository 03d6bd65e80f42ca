package io.fettle.transport.ssh;

import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.client.auth.pubkey.PublicKeyIdentity;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;

/**
 * Log-in with a key whose type has one signature algorithm: the signature comes with the first
 * request, which RFC 4252 section 7 allows. To ask first whether the key is welcome costs a turn,
 * one more search of the server's list of keys, and the pause that OpenSSH makes before each answer
 * that is no success (auth2.c). RSA keys are asked about, for their algorithm is to be found.
 */
final class SignedAtOnce extends UserAuthPublicKey {
  private static final List<String> ONE_ALGORITHM =
      List.of(
          KeyPairProvider.SSH_ED25519,
          KeyPairProvider.ECDSA_SHA2_NISTP256,
          KeyPairProvider.ECDSA_SHA2_NISTP384,
          KeyPairProvider.ECDSA_SHA2_NISTP521);

  private boolean begun;

  private SignedAtOnce() {}

  /** Makes one for each session. */
  static final class Factory extends UserAuthPublicKeyFactory {
    @Override
    public UserAuthPublicKey createUserAuth(ClientSession session) {
      return new SignedAtOnce();
    }
  }

  @Override
  protected boolean sendAuthDataRequest(ClientSession session, String service) throws Exception {
    if (begun || keys == null || !keys.hasNext())
      return super.sendAuthDataRequest(session, service);
    begun = true;
    PublicKeyIdentity first = keys.next();
    var key = first.getKeyIdentity().getPublic();
    String type = KeyUtils.getKeyType(key);
    if (!ONE_ALGORITHM.contains(type)) {
      List<PublicKeyIdentity> all = new ArrayList<>(List.of(first));
      keys.forEachRemaining(all::add);
      keys = all.iterator();
      return super.sendAuthDataRequest(session, service);
    }
    current = first;
    chosenAlgorithm = type;
    var request = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_REQUEST);
    request.putString(session.getUsername());
    request.putString(service);
    request.putString(NAME);
    request.putBoolean(true);
    request.putString(type);
    request.putPublicKey(key);
    appendSignature(session, service, NAME, session.getUsername(), type, key, null, request);
    session.writePacket(request);
    return true;
  }
}
