package io.fettle.transport.ipmi;

import io.fettle.kernel.Endpoint;
import io.fettle.transport.LabGuard;
import io.fettle.transport.Limits;
import io.fettle.transport.OutsideLab;
import io.fettle.transport.ipmi.IpmiFailure.Kind;
import io.fettle.transport.ipmi.wire.Suite;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;

/**
 * IPMI over LAN for all cards through one socket. A talk is straight code on its caller's thread,
 * which may be virtual: it sends, and sleeps until the reader puts the answer in its mailbox, so
 * waiting for ten thousand cards costs ten thousand small objects and no thread of ours but the
 * reader.
 */
public final class LanIpmi implements Ipmi, AutoCloseable {
  private static final int ADMINISTRATOR = 4;
  private static final int USER = 2;

  private final IpmiSettings settings;
  private final LabGuard guard;
  private final RmcpSocket socket;
  private final CardMemory memory;
  private final Limits limits;

  /** Opens the socket and starts its reader. */
  public LanIpmi(IpmiSettings settings, LabGuard guard) throws IOException {
    this.settings = settings;
    this.guard = guard;
    this.socket = new RmcpSocket(new SecureRandom());
    this.memory = new CardMemory(settings.remembered());
    this.limits = new Limits(settings.widths());
  }

  @Override
  public <T> T talk(IpmiTarget target, IpmiTalk<T> talk) throws IpmiFailure {
    InetSocketAddress card = resolve(target.endpoint());
    try (Limits.Pass _ = enter(target.endpoint())) {
      return inside(card, target, talk);
    }
  }

  private Limits.Pass enter(Endpoint endpoint) throws IpmiFailure {
    return limits
        .enter(endpoint)
        .orElseThrow(() ->
            new IpmiFailure(
                Kind.BUSY, "no place for a session became free within " + settings.queueTimeout()));
  }

  private <T> T inside(InetSocketAddress card, IpmiTarget target, IpmiTalk<T> talk)
      throws IpmiFailure {
    Opened opened;
    try {
      opened = open(card, target);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IpmiFailure(Kind.UNREACHABLE, "interrupted before any command was sent");
    }
    try {
      opened.session().raise(opened.role());
      return talk.with(opened.session());
    } finally {
      opened.session().close();
      opened.line().end();
    }
  }

  private record Opened(OpenSession session, Line line, int role) {}

  private Opened open(InetSocketAddress card, IpmiTarget target)
      throws IpmiFailure, InterruptedException {
    Optional<Suite> known = memory.suite(card);
    Suite suite = known.isPresent() ? known.get() : probe(card);
    try {
      return highest(card, target, suite);
    } catch (IpmiFailure e) {
      if (e.kind() != Kind.NO_CIPHER) throw e;
      memory.forget(card);
      return highest(card, target, suite == Suite.SHA256 ? Suite.SHA1 : Suite.SHA256);
    }
  }

  private Suite probe(InetSocketAddress card) throws IpmiFailure, InterruptedException {
    Line line = socket.line(card);
    try {
      return new CardProbe(line, settings).suite();
    } finally {
      line.end();
    }
  }

  /** Logs in as administrator, or as the highest role the card grants this account. */
  private Opened highest(InetSocketAddress card, IpmiTarget target, Suite suite)
      throws IpmiFailure, InterruptedException {
    for (int role = ADMINISTRATOR; ; role--) {
      try {
        Opened opened = logIn(card, target, suite, role);
        memory.worked(card, suite);
        return opened;
      } catch (IpmiFailure e) {
        if (e.kind() != Kind.PRIVILEGE || role == USER) throw e;
      }
    }
  }

  private Opened logIn(InetSocketAddress card, IpmiTarget target, Suite suite, int role)
      throws IpmiFailure, InterruptedException {
    Line line = socket.line(card);
    boolean done = false;
    try {
      LogIn.Agreed agreed =
          new LogIn(line, settings, suite, role).with(target.user(), target.password());
      done = true;
      return new Opened(new OpenSession(line, settings, suite, agreed), line, role);
    } finally {
      if (!done) line.end();
    }
  }

  @Override
  public boolean answers(Endpoint endpoint, Duration limit) throws IpmiFailure {
    try (Limits.Pass _ = enter(endpoint)) {
      Line line = socket.line(guard.resolve(endpoint));
      try {
        return new CardProbe(line, settings).answers(limit);
      } finally {
        line.end();
      }
    } catch (UnknownHostException | OutsideLab e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private InetSocketAddress resolve(Endpoint endpoint) throws IpmiFailure {
    try {
      return guard.resolve(endpoint);
    } catch (UnknownHostException e) {
      throw new IpmiFailure(Kind.NO_ADDRESS, "cannot resolve " + endpoint.host());
    } catch (OutsideLab e) {
      throw new IpmiFailure(Kind.NO_ADDRESS, "the lab speaks to loopback only, not " + endpoint);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
