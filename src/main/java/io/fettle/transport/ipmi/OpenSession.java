package io.fettle.transport.ipmi;

import io.fettle.transport.ipmi.IpmiFailure.Kind;
import io.fettle.transport.ipmi.wire.LanMessage;
import io.fettle.transport.ipmi.wire.Packet;
import io.fettle.transport.ipmi.wire.Replay;
import io.fettle.transport.ipmi.wire.Suite;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** A session after log-in: numbered, encrypted and authenticated both ways. */
final class OpenSession implements IpmiSession {
  private static final int APP = 0x06;
  private static final int SET_PRIVILEGE = 0x3b;
  private static final int CLOSE = 0x3c;

  /** Cold and warm reset. */
  private static final Set<Integer> RESETS = Set.of(0x02, 0x03);

  private static final int NODE_BUSY = 0xc0;
  private static final int BUSY_TRIES = 4;
  private static final Duration BUSY_PAUSE = Duration.ofMillis(200);
  private static final Duration LAST_WORD = Duration.ofMillis(200);

  private final Line line;
  private final IpmiSettings settings;
  private final Suite suite;
  private final LogIn.Agreed agreed;
  private final Replay replay = new Replay();
  private int outgoing;
  private int request;
  private boolean silent;
  private boolean reset;

  OpenSession(Line line, IpmiSettings settings, Suite suite, LogIn.Agreed agreed) {
    this.line = line;
    this.settings = settings;
    this.suite = suite;
    this.agreed = agreed;
  }

  @Override
  public int suite() {
    return suite.id();
  }

  @Override
  public IpmiAnswer send(IpmiRequest request) throws IpmiFailure {
    return patiently(request, settings.retries() + 1);
  }

  @Override
  public IpmiAnswer sendOnce(IpmiRequest request) throws IpmiFailure {
    return patiently(request, 1);
  }

  /** Raises the session to this role, or to the highest below it that the account has. */
  void raise(int role) throws IpmiFailure {
    IpmiAnswer answer = new IpmiAnswer(0xff, new byte[0]);
    for (int level = role; level >= 2; level--) {
      answer = send(new IpmiRequest(APP, SET_PRIVILEGE, (byte) level));
      if (answer.ok()) return;
    }
    throw new IpmiFailure(Kind.PRIVILEGE, "session privilege refused, " + answer);
  }

  /** A card that is busy has not executed the command, so asking again is safe. */
  private synchronized IpmiAnswer patiently(IpmiRequest command, int sendings) throws IpmiFailure {
    try {
      IpmiAnswer answer = exchange(command, sendings);
      for (int i = 1; i < BUSY_TRIES && answer.code() == NODE_BUSY; i++) {
        Thread.sleep(BUSY_PAUSE);
        answer = exchange(command, sendings);
      }
      return answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IpmiFailure(Kind.AFTER_SEND, "interrupted while waiting for " + command);
    }
  }

  private IpmiAnswer exchange(IpmiRequest command, int sendings)
      throws IpmiFailure, InterruptedException {
    request = (request + 1) & 0x3f;
    LanMessage message =
        LanMessage.request(command.netFn(), request, command.command(), command.data());
    Duration wait =
        sendings > 1
            ? settings.attemptTimeout()
            : settings.attemptTimeout().multipliedBy(settings.retries() + 1L);
    Optional<IpmiAnswer> answer =
        line.ask(() -> seal(message), p -> answer(p, message), wait, sendings);
    silent = answer.isEmpty();
    reset |= command.netFn() == APP && RESETS.contains(command.command());
    return answer.orElseThrow(() ->
        new IpmiFailure(
            Kind.AFTER_SEND,
            "no answer from %s to netfn %02x cmd %02x; whether it was executed is unknown"
                .formatted(line.card(), command.netFn(), command.command())));
  }

  private byte[] seal(LanMessage message) {
    return agreed.keys().seal(agreed.cardSid(), ++outgoing, message, line.random());
  }

  private Optional<IpmiAnswer> answer(Packet packet, LanMessage asked) {
    if (!(packet instanceof Packet.Plus p) || p.session() != line.sid()) return Optional.empty();
    return agreed
        .keys()
        .open(p)
        .filter(m -> replay.take(p.sequence()))
        .filter(m -> m.answers(asked))
        .map(m ->
            new IpmiAnswer(m.data()[0] & 0xff, Arrays.copyOfRange(m.data(), 1, m.data().length)));
  }

  /**
   * Frees the card's slot. A card that fell silent is told, but not waited for; one that was reset
   * has forgotten the session.
   */
  synchronized void close() {
    if (reset && !silent) return;
    ByteBuffer sid = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(agreed.cardSid());
    request = (request + 1) & 0x3f;
    LanMessage message = LanMessage.request(APP, request, CLOSE, sid.array());
    try {
      Duration wait = silent ? LAST_WORD : settings.attemptTimeout();
      line.ask(
          () -> seal(message), p -> answer(p, message), wait, silent ? 2 : settings.retries() + 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
