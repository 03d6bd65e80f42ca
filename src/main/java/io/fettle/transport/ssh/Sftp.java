package io.fettle.transport.ssh;

import io.fettle.transport.ssh.SshOutcome.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumSet;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.sftp.SftpModuleProperties;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.SftpErrorDataHandler;
import org.apache.sshd.sftp.client.SftpVersionSelector;
import org.apache.sshd.sftp.client.impl.DefaultSftpClient;
import org.apache.sshd.sftp.client.impl.DefaultSftpClientFactory;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;

/** One file over one session. */
final class Sftp {
  private static final int BITE = 32 * 1024;
  private static final int OWNER_ONLY = 0600;

  private final ClientSession session;
  private final SshCopy copy;
  private final Deadline until;

  Sftp(ClientSession session, SshCopy copy, Deadline until) {
    this.session = session;
    this.copy = copy;
    this.until = until;
  }

  /**
   * Copies.
   *
   * @return what the server said no with; empty when it is done
   * @throws SshFailure when the transfer broke off
   */
  String run() throws SshFailure {
    SftpModuleProperties.SFTP_CHANNEL_OPEN_TIMEOUT.set(session, left());
    Thread watch = Thread.ofVirtual().name("sftp-limit").start(this::hangUpAtLimit);
    boolean begun = false;
    try (SftpClient client = new OwnerOnly().createSftpClient(session)) {
      if (!copy.mayStart().getAsBoolean())
        throw new SshFailure(
            Kind.TOO_LATE, "The time in which it could be sent was over before it was its turn");
      begun = true;
      if (copy.sending()) send(client);
      else fetch(client);
      return "";
    } catch (SftpException e) {
      return said(e);
    } catch (IOException | RuntimeException e) {
      if (until.passed())
        throw new SshFailure(
            Kind.KILLED_AT_LIMIT, "The transfer did not end within its time limit");
      throw begun
          ? new SshFailure(Kind.BROKEN_AFTER_SEND, "The transfer broke off: " + e.getMessage())
          : new SshFailure(Kind.BROKEN_BEFORE_SEND, "The server offers no SFTP: " + e.getMessage());
    } finally {
      watch.interrupt();
    }
  }

  private void send(SftpClient client) throws IOException {
    EnumSet<OpenMode> fresh = EnumSet.of(OpenMode.Write, OpenMode.Create, OpenMode.Exclusive);
    try (InputStream in = Files.newInputStream(copy.local());
        OutputStream out = client.write(copy.remote(), BITE, fresh)) {
      in.transferTo(out);
    }
  }

  /** Asks at every opening that what is made by it be its owner's alone from the first moment. */
  private static final class OwnerOnly extends DefaultSftpClientFactory {
    @Override
    protected DefaultSftpClient createDefaultSftpClient(
        ClientSession session, SftpVersionSelector selector, SftpErrorDataHandler errors)
        throws IOException {
      return new DefaultSftpClient(session, selector, errors) {
        @Override
        protected <B extends Buffer> B writeAttributes(
            int command, B buffer, SftpClient.Attributes attributes) {
          boolean opens = command == SftpConstants.SSH_FXP_OPEN;
          return super.writeAttributes(
              command, buffer, opens ? attributes.perms(OWNER_ONLY) : attributes);
        }
      };
    }
  }

  private void fetch(SftpClient client) throws IOException {
    try (InputStream in = client.read(copy.remote());
        OutputStream out = Files.newOutputStream(copy.local())) {
      byte[] bite = new byte[BITE];
      long all = 0;
      for (int n = in.read(bite); n >= 0; n = in.read(bite)) {
        all += n;
        if (all > copy.most())
          throw new SftpException(
              SftpConstants.SSH_FX_FAILURE, "it is larger than " + copy.most() + " bytes");
        out.write(bite, 0, n);
      }
    }
  }

  private void hangUpAtLimit() {
    try {
      Thread.sleep(left());
      session.close(true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(1_000_000, until.leftNanos()));
  }

  private static String said(SftpException e) {
    String words = String.valueOf(e.getMessage());
    return words.isBlank() ? "status " + e.getStatus() : words;
  }
}
