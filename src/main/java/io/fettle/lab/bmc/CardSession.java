package io.fettle.lab.bmc;

import io.fettle.transport.ipmi.wire.LanMessage;
import io.fettle.transport.ipmi.wire.Rakp;
import io.fettle.transport.ipmi.wire.Replay;
import io.fettle.transport.ipmi.wire.SessionKeys;
import io.fettle.transport.ipmi.wire.Suite;
import java.net.SocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One session of a card, from open session on. */
final class CardSession {
  /** Log-ins that stop half-way are forgotten after this. */
  private static final long HALF_OPEN_NANOS = 10_000_000_000L;

  /** Idle sessions are closed after this; the specification says 60 s. */
  private static final long IDLE_NANOS = 60_000_000_000L;

  final int sidM;
  final int sidC;
  final Suite suite;
  final SocketAddress console;
  final Replay replay = new Replay();
  @Nullable Rakp rakp;
  @Nullable BmcUser user;
  @Nullable SessionKeys keys;
  int ceiling;
  int privilege;
  int outgoing;
  private long touched = System.nanoTime();
  private byte[] lastStep = {};
  private byte[] lastStepAnswer = {};
  private @Nullable LanMessage lastRequest;
  private byte[] lastAnswer = {};

  CardSession(int sidM, int sidC, Suite suite, SocketAddress console, int ceiling) {
    this.sidM = sidM;
    this.sidC = sidC;
    this.suite = suite;
    this.console = console;
    this.ceiling = ceiling;
  }

  void touch() {
    touched = System.nanoTime();
  }

  boolean expired() {
    return System.nanoTime() - touched > (keys == null ? HALF_OPEN_NANOS : IDLE_NANOS);
  }

  /** The answer already given to this very step of the log-in; empty for a new one. */
  byte[] stepAgain(byte[] step) {
    return Arrays.equals(step, lastStep) ? lastStepAnswer : new byte[0];
  }

  byte[] stepDone(byte[] step, byte[] answer) {
    lastStep = step;
    lastStepAnswer = answer;
    return answer;
  }

  /** The answer already given when a request is repeated with its own sequence number. */
  byte[] again(LanMessage request) {
    LanMessage last = lastRequest;
    return last != null
            && last.sequence() == request.sequence()
            && last.netFn() == request.netFn()
            && last.command() == request.command()
            && Arrays.equals(last.data(), request.data())
        ? lastAnswer
        : new byte[0];
  }

  void done(LanMessage request, byte[] answer) {
    lastRequest = request;
    lastAnswer = answer;
  }
}
