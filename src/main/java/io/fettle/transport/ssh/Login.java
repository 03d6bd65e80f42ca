package io.fettle.transport.ssh;

import io.fettle.transport.HostKey;
import io.fettle.transport.HostKeys;
import io.fettle.transport.LabGuard;
import io.fettle.transport.OutsideLab;
import io.fettle.transport.ssh.SshOutcome.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** From an endpoint to a session that is logged in, each step with its own limit and verdict. */
final class Login {
  private final SshClient client;
  private final SshSettings settings;
  private final LabGuard guard;
  private final HostKeys hostKeys;
  private final PrivateKeys privateKeys;
  private final RefusedPasswords refused;

  Login(
      SshClient client,
      SshSettings settings,
      LabGuard guard,
      HostKeys hostKeys,
      RefusedPasswords refused) {
    this.client = client;
    this.settings = settings;
    this.guard = guard;
    this.hostKeys = hostKeys;
    this.privateKeys = new PrivateKeys();
    this.refused = refused;
  }

  /** The caller closes the session. */
  ClientSession open(SshTarget target, Deadline total) throws SshFailure {
    KeyPair key = target.privateKey() == null ? null : privateKeys.read(target.privateKey());
    char[] password = target.password();
    if (key == null && password == null)
      throw new SshFailure(Kind.NO_CREDENTIAL, "The credential holds neither a key nor a password");
    if (key == null && password != null && refused.pausing(target, password))
      throw new SshFailure(
          Kind.AUTH_REFUSED,
          "This password was refused within the last "
              + settings.refusedPause()
              + " and is not offered again yet, lest the account be locked");
    InetSocketAddress address = resolve(target);
    Handshake handshake = new Handshake(pinned(target));
    ClientSession session = connect(target, address, handshake, total);
    try {
      banner(handshake, total);
      Deadline auth = total.atMost(settings.auth());
      hostKey(target, handshake, auth);
      if (key != null) session.addPublicKeyIdentity(key);
      else session.addPasswordIdentity(new String(target.password()));
      authenticate(session, target, handshake, auth);
      return session;
    } catch (SshFailure | RuntimeException e) {
      session.close(true);
      throw e;
    }
  }

  private Optional<HostKey> pinned(SshTarget target) {
    return target.pinned() == null
        ? hostKeys.of(target.endpoint())
        : Optional.ofNullable(target.pinned().get(target.endpoint()));
  }

  private InetSocketAddress resolve(SshTarget target) throws SshFailure {
    try {
      return guard.resolve(target.endpoint());
    } catch (UnknownHostException e) {
      throw new SshFailure(Kind.NO_ADDRESS, "The name leads nowhere: " + target.endpoint().host());
    } catch (OutsideLab e) {
      throw new SshFailure(Kind.NO_ADDRESS, String.valueOf(e.getMessage()));
    }
  }

  private ClientSession connect(
      SshTarget target, InetSocketAddress address, Handshake handshake, Deadline total)
      throws SshFailure {
    try {
      var connecting = client.connect(target.user(), address, handshake.context(), null);
      if (!connecting.await(millis(total.atMost(settings.connect())))) {
        connecting.cancel();
        throw new SshFailure(
            Kind.CONNECT_TIMEOUT,
            "No answer on " + target.endpoint() + " within " + settings.connect());
      }
      if (connecting.isConnected()) return connecting.getSession();
      throw refused(target, connecting.getException());
    } catch (IOException e) {
      throw refused(target, e);
    }
  }

  private static SshFailure refused(SshTarget target, Throwable reason) {
    Throwable root = reason;
    while (root.getCause() != null) root = root.getCause();
    String words = String.valueOf(root.getMessage());
    return words.toLowerCase(Locale.ROOT).contains("refused")
        ? new SshFailure(Kind.REFUSED, target.endpoint() + " refused the connection")
        : new SshFailure(Kind.CONNECT_TIMEOUT, target.endpoint() + " cannot be reached: " + words);
  }

  private void banner(Handshake handshake, Deadline total) throws SshFailure {
    switch (handshake.banner(total.atMost(settings.banner()))) {
      case DONE -> {}
      case LATE ->
          throw new SshFailure(
              Kind.BANNER_TIMEOUT,
              "It accepted the connection and said nothing for " + settings.banner());
      case CLOSED ->
          throw new SshFailure(
              Kind.BROKEN_BEFORE_SEND, "It closed the connection before SSH" + handshake.trouble());
    }
  }

  private void hostKey(SshTarget target, Handshake handshake, Deadline auth) throws SshFailure {
    switch (handshake.keys(auth)) {
      case DONE -> {}
      case LATE -> throw new SshFailure(Kind.AUTH_TIMEOUT, "The key exchange did not end in time");
      case CLOSED ->
          throw new SshFailure(
              Kind.BROKEN_BEFORE_SEND, "The key exchange failed" + handshake.trouble());
    }
    PublicKey shown =
        handshake
            .key()
            .orElseThrow(() -> new SshFailure(Kind.BROKEN_BEFORE_SEND, "No host key was shown"));
    var buffer = new ByteArrayBuffer();
    buffer.putRawPublicKey(shown);
    String text = Base64.getEncoder().encodeToString(buffer.getCompactData());
    switch (hostKeys.judge(
        target.endpoint(), handshake.pinned(), KeyUtils.getKeyType(shown), text)) {
      case FIRST_CONTACT, KNOWN -> {}
      case CHANGED ->
          throw new SshFailure(
              Kind.HOST_KEY_CHANGED,
              "The host key is not the pinned one; it shows " + KeyUtils.getFingerPrint(shown));
    }
  }

  private void authenticate(
      ClientSession session, SshTarget target, Handshake handshake, Deadline until)
      throws SshFailure {
    try {
      var auth = session.auth();
      QuickAck.of(session);
      if (!auth.await(millis(until)))
        throw new SshFailure(Kind.AUTH_TIMEOUT, "The log-in did not end within " + settings.auth());
      if (!auth.isSuccess()) {
        if (target.privateKey() == null && target.password() != null)
          refused.refused(target, target.password());
        throw new SshFailure(
            Kind.AUTH_REFUSED,
            "The server refused the log-in of " + target.user() + handshake.trouble());
      }
    } catch (IOException e) {
      throw new SshFailure(Kind.AUTH_REFUSED, "The log-in broke off: " + e.getMessage());
    }
  }

  private static long millis(Deadline until) {
    return Math.max(1, until.leftNanos() / 1_000_000);
  }
}
