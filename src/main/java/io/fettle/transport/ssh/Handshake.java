package io.fettle.transport.ssh;

import io.fettle.transport.HostKey;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.jspecify.annotations.Nullable;

/**
 * One connection's way from TCP to the point where the server has proven its host key. The library
 * tells it what happens on its own threads; the caller waits on a virtual one.
 */
final class Handshake {
  private static final AttributeRepository.AttributeKey<Handshake> KEY =
      new AttributeRepository.AttributeKey<>();

  private final Optional<HostKey> pinned;
  private final CompletableFuture<Boolean> banner = new CompletableFuture<>();
  private final CompletableFuture<Boolean> keys = new CompletableFuture<>();
  private volatile @Nullable PublicKey shown;
  private volatile @Nullable String trouble;

  Handshake(Optional<HostKey> pinned) {
    this.pinned = pinned;
  }

  AttributeRepository context() {
    return AttributeRepository.ofKeyValuePair(KEY, this);
  }

  /** The key that was pinned when this began. */
  Optional<HostKey> pinned() {
    return pinned;
  }

  void shown(PublicKey key) {
    shown = key;
  }

  Optional<PublicKey> key() {
    return Optional.ofNullable(shown);
  }

  /** Waits until the server has said who it is. */
  Step banner(Deadline until) {
    return await(banner, until);
  }

  /** Waits until keys are exchanged: from here on the server has proven its host key. */
  Step keys(Deadline until) {
    return await(keys, until);
  }

  /** What went wrong, in the library's words; empty when it said nothing. */
  String trouble() {
    String said = trouble;
    return said == null ? "" : ": " + said;
  }

  /** How a wait ended. */
  enum Step {
    DONE,
    CLOSED,
    LATE
  }

  private static Step await(CompletableFuture<Boolean> step, Deadline until) {
    try {
      return step.get(until.leftNanos(), TimeUnit.NANOSECONDS) ? Step.DONE : Step.CLOSED;
    } catch (TimeoutException e) {
      return Step.LATE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Step.CLOSED;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  static Optional<Handshake> of(Session session) {
    AttributeRepository context =
        session.getIoSession().getAttribute(AttributeRepository.class)
                instanceof AttributeRepository there
            ? there
            : null;
    return context == null ? Optional.empty() : Optional.ofNullable(context.getAttribute(KEY));
  }

  /** Hears every session of the client and tells each one's handshake. */
  static final class Listener implements SessionListener {
    @Override
    public void sessionNegotiationOptionsCreated(
        Session session, Map<KexProposalOption, String> proposal) {
      of(session)
          .flatMap(h -> h.pinned)
          .ifPresent(pin ->
              proposal.computeIfPresent(
                  KexProposalOption.SERVERKEYS,
                  (_, all) -> Algorithms.preferring(all, pin.type())));
    }

    @Override
    public void sessionPeerIdentificationReceived(
        Session session, String version, List<String> extraLines) {
      of(session).ifPresent(h -> h.banner.complete(true));
    }

    @Override
    public void sessionEvent(Session session, Event event) {
      if (event == Event.KeyEstablished) of(session).ifPresent(h -> h.keys.complete(true));
    }

    @Override
    public void sessionException(Session session, Throwable t) {
      of(session).filter(h -> h.trouble == null).ifPresent(h -> h.trouble = words(t));
    }

    @Override
    public void sessionDisconnect(
        Session session, int reason, String msg, String language, boolean initiator) {
      of(session).filter(h -> h.trouble == null).ifPresent(h -> h.trouble = msg);
    }

    @Override
    public void sessionClosed(Session session) {
      of(session)
          .ifPresent(h -> {
            h.banner.complete(false);
            h.keys.complete(false);
          });
    }

    private static String words(Throwable t) {
      return t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
    }
  }
}
