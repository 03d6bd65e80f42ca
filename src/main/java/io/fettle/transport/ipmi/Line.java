package io.fettle.transport.ipmi;

import io.fettle.transport.ipmi.wire.Packet;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One conversation with one card: a bounded mailbox that the reader fills and the caller's own
 * (virtual) thread empties. Waiting costs no platform thread and no timer of ours.
 */
final class Line {
  private static final int MAILBOX = 32;

  private final RmcpSocket socket;
  private final InetSocketAddress card;
  private final SecureRandom random;
  private final BlockingQueue<Packet> mailbox = new ArrayBlockingQueue<>(MAILBOX);
  private volatile int sid;

  Line(RmcpSocket socket, InetSocketAddress card, SecureRandom random) {
    this.socket = socket;
    this.card = card;
    this.random = random;
  }

  InetSocketAddress card() {
    return card;
  }

  SecureRandom random() {
    return random;
  }

  /** The session id the card uses towards us. */
  int sid() {
    return sid;
  }

  void sid(int value) {
    sid = value;
  }

  /** Called by the reader; a flooded mailbox drops. */
  void deliver(Packet packet) {
    mailbox.offer(packet);
  }

  void send(byte[] datagram) {
    socket.send(card, datagram);
  }

  /**
   * Sends and waits, again and again, for a packet that {@code accept} takes.
   *
   * @param datagram made anew for each sending
   * @return empty when no sending was answered in time
   */
  <A> Optional<A> ask(
      Supplier<byte[]> datagram, Function<Packet, Optional<A>> accept, Duration wait, int sendings)
      throws InterruptedException {
    for (int i = 0; i < sendings; i++) {
      send(datagram.get());
      Optional<A> answer = await(accept, wait);
      if (answer.isPresent()) return answer;
    }
    return Optional.empty();
  }

  /** Waits for a packet that {@code accept} takes; others are dropped. */
  <A> Optional<A> await(Function<Packet, Optional<A>> accept, Duration wait)
      throws InterruptedException {
    long end = System.nanoTime() + wait.toNanos();
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      Packet packet = mailbox.poll(left, TimeUnit.NANOSECONDS);
      if (packet == null) return Optional.empty();
      Optional<A> answer = accept.apply(packet);
      if (answer.isPresent()) return answer;
    }
    return Optional.empty();
  }

  /** Runs a talk outside any session, with a sequence number reserved for it. */
  <A> A early(EarlyTalk<A> talk) throws InterruptedException {
    int sequence = socket.early(this);
    try {
      return talk.with(sequence);
    } finally {
      socket.endEarly(this, sequence);
    }
  }

  void end() {
    socket.end(this);
  }

  /** What to say outside a session. */
  @FunctionalInterface
  interface EarlyTalk<A> {
    A with(int sequence) throws InterruptedException;
  }
}
