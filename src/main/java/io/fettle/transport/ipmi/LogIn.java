package io.fettle.transport.ipmi;

import io.fettle.transport.ipmi.IpmiFailure.Kind;
import io.fettle.transport.ipmi.wire.Packet;
import io.fettle.transport.ipmi.wire.Rakp;
import io.fettle.transport.ipmi.wire.SessionKeys;
import io.fettle.transport.ipmi.wire.Suite;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/**
 * One log-in (open session, RAKP 1 to 4) with one suite and one role, over a line of its own. Each
 * message carries a new tag, so that a late answer to an earlier one is not taken for this one's.
 */
final class LogIn {
  /** Look the account up by its name alone, whatever its privilege. */
  private static final int BY_NAME = 0x10;

  private static final int INTEGRITY_FAILED = 0x0f;
  private static final int RANDOM = 16;
  private static final int MAX_NAME = 16;
  private static final int MAX_PASSWORD = 20;

  private final Line line;
  private final IpmiSettings settings;
  private final Suite suite;
  private final int role;

  LogIn(Line line, IpmiSettings settings, Suite suite, int role) {
    this.line = line;
    this.settings = settings;
    this.suite = suite;
    this.role = role;
  }

  /** Both sides' session ids and the session's keys. */
  record Agreed(int cardSid, SessionKeys keys) {}

  Agreed with(String user, char[] password) throws IpmiFailure, InterruptedException {
    byte[] name = user.getBytes(StandardCharsets.UTF_8);
    byte[] secret = bytes(password);
    try {
      if (name.length > MAX_NAME)
        throw new IpmiFailure(Kind.UNKNOWN_USER, "user name is longer than 16 bytes");
      if (secret.length > MAX_PASSWORD)
        throw new IpmiFailure(Kind.WRONG_PASSWORD, "password is longer than IPMI's 20 bytes");
      return exchange(name, Rakp.userKey(secret));
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  /** What RAKP 2 brought: the exchange so far, and the card's code for it. */
  private record Challenge(Rakp rakp, byte[] code) {}

  private Agreed exchange(byte[] name, byte[] userKey) throws IpmiFailure, InterruptedException {
    int cardSid = openSession();
    Challenge challenge = rakp1(cardSid, name);
    if (!MessageDigest.isEqual(challenge.rakp().code2(userKey), challenge.code())) {
      giveUp(cardSid);
      throw new IpmiFailure(
          Kind.WRONG_PASSWORD, "RAKP 2: the card's key exchange code does not match the password");
    }
    return new Agreed(cardSid, rakp3(challenge.rakp(), userKey));
  }

  private int openSession() throws IpmiFailure, InterruptedException {
    ByteBuffer b = message(32, role);
    b.putInt(line.sid());
    b.put(new byte[] {0, 0, 0, 8, (byte) suite.authentication(), 0, 0, 0});
    b.put(new byte[] {1, 0, 0, 8, (byte) suite.integrity(), 0, 0, 0});
    b.put(new byte[] {2, 0, 0, 8, Suite.CONFIDENTIALITY, 0, 0, 0});
    byte[] answer = ask("open session", Packet.OPEN_REQUEST, b.array(), 36);
    if (!chosen(answer))
      throw new IpmiFailure(Kind.NO_CIPHER, "card chose other algorithms than suite " + suite.id());
    return ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN).getInt(8);
  }

  private boolean chosen(byte[] answer) {
    return Suite.of(answer[16] & 0x3f, answer[24] & 0x3f, answer[32] & 0x3f)
        .filter(s -> s == suite)
        .isPresent();
  }

  private Challenge rakp1(int cardSid, byte[] name) throws IpmiFailure, InterruptedException {
    byte[] random = new byte[RANDOM];
    line.random().nextBytes(random);
    ByteBuffer b = message(28 + name.length, 0);
    b.putInt(cardSid).put(random);
    b.put(new byte[] {(byte) (BY_NAME | role), 0, 0, (byte) name.length}).put(name);
    byte[] answer = ask("RAKP 2", Packet.RAKP_1, b.array(), 40 + suite.macLength());
    Rakp rakp =
        new Rakp(
            suite,
            line.sid(),
            cardSid,
            random,
            Arrays.copyOfRange(answer, 8, 24),
            Arrays.copyOfRange(answer, 24, 40),
            BY_NAME | role,
            name);
    return new Challenge(rakp, Arrays.copyOfRange(answer, 40, 40 + suite.macLength()));
  }

  /** Tells the card that the exchange failed here, so that it frees the slot at once. */
  private void giveUp(int cardSid) {
    byte[] body = message(8, INTEGRITY_FAILED).putInt(cardSid).array();
    line.send(Packet.plain(Packet.RAKP_3, body));
  }

  private SessionKeys rakp3(Rakp rakp, byte[] userKey) throws IpmiFailure, InterruptedException {
    ByteBuffer b = message(8 + suite.macLength(), 0);
    b.putInt(rakp.sidC()).put(rakp.code3(userKey));
    byte[] answer = ask("RAKP 4", Packet.RAKP_3, b.array(), 8 + suite.codeLength());
    byte[] sessionKey = rakp.sessionKey(userKey);
    byte[] check = Arrays.copyOfRange(answer, 8, 8 + suite.codeLength());
    if (!MessageDigest.isEqual(rakp.check4(sessionKey), check))
      throw new IpmiFailure(
          Kind.BAD_KG, "RAKP 4: integrity check fails; the card has a key Kg of its own");
    return new SessionKeys(suite, sessionKey);
  }

  /** Sends one step until its answer comes; an answer with a status or cut short is a failure. */
  private byte[] ask(String step, int type, byte[] body, int length)
      throws IpmiFailure, InterruptedException {
    byte[] packet = Packet.plain(type, body);
    Optional<byte[]> answer =
        line.ask(
            () -> packet,
            p -> step(p, type + 1, body[0]),
            settings.attemptTimeout(),
            settings.retries() + 1);
    if (answer.isEmpty())
      throw new IpmiFailure(
          Kind.UNREACHABLE, "no answer from %s at %s".formatted(line.card(), step));
    int status = answer.get()[1] & 0xff;
    if (status != 0) throw RakpStatus.failure(step, status);
    if (answer.get().length < length)
      throw new IpmiFailure(Kind.PROTOCOL, step + " is cut: " + answer.get().length + " bytes");
    return answer.get();
  }

  private static Optional<byte[]> step(Packet packet, int type, byte tag) {
    return packet instanceof Packet.Plus p
            && p.type() == type
            && !p.encrypted()
            && p.payload().length >= 8
            && p.payload()[0] == tag
        ? Optional.of(p.payload())
        : Optional.empty();
  }

  /** A message body: tag, second byte, two reserved bytes, then what the caller adds. */
  private ByteBuffer message(int length, int second) {
    ByteBuffer b = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    return b.put((byte) line.random().nextInt(256)).put((byte) second).putShort((short) 0);
  }

  private static byte[] bytes(char[] password) {
    ByteBuffer b = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
    byte[] copy = new byte[b.remaining()];
    b.get(copy);
    Arrays.fill(b.array(), (byte) 0);
    return copy;
  }
}
