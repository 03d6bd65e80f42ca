package io.fettle.lab.bmc;

import io.fettle.transport.ipmi.wire.LanMessage;
import io.fettle.transport.ipmi.wire.Packet;
import io.fettle.transport.ipmi.wire.Rakp;
import io.fettle.transport.ipmi.wire.SessionKeys;
import io.fettle.transport.ipmi.wire.Suite;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The sessions of one card: log-in with suites 3 and 17, slots, privilege, close. */
final class CardSessions {
  private static final byte[] NOTHING = {};
  private static final int NO_SLOT = 0x01;
  private static final int BAD_SESSION = 0x02;
  private static final int ROLE_REFUSED = 0x0a;
  private static final int UNKNOWN_NAME = 0x0d;
  private static final int BAD_CHECK = 0x0f;
  private static final int NO_SUITE = 0x11;
  private static final int BY_NAME = 0x10;

  private final BmcModel model;
  private final SecureRandom random;
  private final Map<Integer, CardSession> sessions = new HashMap<>();
  private int boots;

  CardSessions(BmcModel model, SecureRandom random) {
    this.model = model;
    this.random = random;
    this.boots = model.boots();
  }

  private void sweep() {
    if (boots != model.boots()) sessions.clear();
    boots = model.boots();
    sessions.values().removeIf(CardSession::expired);
  }

  byte[] open(SocketAddress from, byte[] payload) {
    sweep();
    if (payload.length < 32) return NOTHING;
    ByteBuffer b = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    int tag = payload[0];
    int sidM = b.getInt(4);
    Optional<CardSession> before = openedBy(from, sidM);
    if (before.isPresent()) {
      byte[] again = before.get().stepAgain(payload);
      if (again.length > 0) return again;
      sessions.remove(before.get().sidC);
    }
    Optional<Suite> suite =
        Suite.of(payload[12], payload[20], payload[28])
            .filter(s -> model.suites().contains(s.id()));
    if (suite.isEmpty()) return declined(Packet.OPEN_ANSWER, tag, NO_SUITE, sidM);
    if (sessions.size() >= model.maxSessions())
      return declined(Packet.OPEN_ANSWER, tag, NO_SLOT, sidM);
    int wished = payload[1] & 0x0f;
    CardSession session =
        new CardSession(sidM, freeSid(), suite.get(), from, wished == 0 ? 4 : wished);
    sessions.put(session.sidC, session);
    return session.stepDone(payload, opened(tag, session));
  }

  private Optional<CardSession> openedBy(SocketAddress from, int sidM) {
    return sessions.values().stream()
        .filter(s -> s.keys == null && s.sidM == sidM && s.console.equals(from))
        .findFirst();
  }

  private int freeSid() {
    int sid;
    do {
      sid = random.nextInt();
    } while (sid == 0 || sessions.containsKey(sid));
    return sid;
  }

  private static byte[] opened(int tag, CardSession session) {
    ByteBuffer b = ByteBuffer.allocate(36).order(ByteOrder.LITTLE_ENDIAN);
    b.put((byte) tag).put((byte) 0).put((byte) session.ceiling).put((byte) 0);
    b.putInt(session.sidM).putInt(session.sidC);
    b.put(new byte[] {0, 0, 0, 8, (byte) session.suite.authentication(), 0, 0, 0});
    b.put(new byte[] {1, 0, 0, 8, (byte) session.suite.integrity(), 0, 0, 0});
    b.put(new byte[] {2, 0, 0, 8, Suite.CONFIDENTIALITY, 0, 0, 0});
    return Packet.plain(Packet.OPEN_ANSWER, b.array());
  }

  byte[] rakp1(SocketAddress from, byte[] payload) {
    sweep();
    if (payload.length < 28) return NOTHING;
    int tag = payload[0];
    Optional<CardSession> found = halfOpen(from, payload);
    if (found.isEmpty()) return declined(Packet.RAKP_2, tag, BAD_SESSION, 0);
    CardSession session = found.get();
    byte[] again = session.stepAgain(payload);
    if (again.length > 0) return again;
    int nameLength = payload[27] & 0xff;
    if (nameLength > 16 || payload.length < 28 + nameLength)
      return end(session, Packet.RAKP_2, tag, 0x0c);
    byte[] name = Arrays.copyOfRange(payload, 28, 28 + nameLength);
    int role = payload[24] & 0xff;
    Optional<BmcUser> user = user(name, role);
    if (user.isEmpty()) return end(session, Packet.RAKP_2, tag, UNKNOWN_NAME);
    int wished = (role & 0x0f) == 0 ? session.ceiling : role & 0x0f;
    if (wished > user.get().privilege() || user.get().privilege() > 5)
      return end(session, Packet.RAKP_2, tag, ROLE_REFUSED);
    session.user = user.get();
    session.ceiling = Math.min(session.ceiling, wished);
    byte[] randomC = new byte[16];
    random.nextBytes(randomC);
    Rakp rakp =
        new Rakp(
            session.suite,
            session.sidM,
            session.sidC,
            Arrays.copyOfRange(payload, 8, 24),
            randomC,
            model.guid(),
            role,
            name);
    session.rakp = rakp;
    byte[] code = rakp.code2(Rakp.userKey(user.get().password()));
    ByteBuffer b = body(40 + code.length, tag, 0, session.sidM);
    b.put(randomC).put(rakp.guid()).put(code);
    return session.stepDone(payload, Packet.plain(Packet.RAKP_2, b.array()));
  }

  private Optional<BmcUser> user(byte[] name, int role) {
    String text = new String(name, StandardCharsets.ISO_8859_1);
    boolean byName = (role & BY_NAME) != 0;
    return model.users().stream()
        .filter(u -> u.enabled() && u.messaging() && u.name().equals(text))
        .filter(u -> byName || u.privilege() >= (role & 0x0f))
        .findFirst();
  }

  byte[] rakp3(SocketAddress from, byte[] payload) {
    sweep();
    if (payload.length < 8) return NOTHING;
    int tag = payload[0];
    int sid = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    CardSession session = sessions.get(sid);
    if (session == null || !session.console.equals(from) || session.rakp == null)
      return declined(Packet.RAKP_4, tag, BAD_SESSION, 0);
    byte[] again = session.stepAgain(payload);
    if (again.length > 0) return again;
    if (session.keys != null) return NOTHING;
    if (payload[1] != 0 || session.user == null) {
      sessions.remove(sid);
      return NOTHING;
    }
    byte[] key = Rakp.userKey(session.user.password());
    byte[] code = Arrays.copyOfRange(payload, 8, payload.length);
    if (!MessageDigest.isEqual(code, session.rakp.code3(key)))
      return end(session, Packet.RAKP_4, tag, BAD_CHECK);
    byte[] sessionKey = session.rakp.sessionKey(key);
    session.keys = new SessionKeys(session.suite, sessionKey);
    session.privilege = Math.min(2, session.ceiling);
    session.touch();
    byte[] check = session.rakp.check4(sessionKey);
    ByteBuffer b = body(8 + check.length, tag, 0, session.sidM).put(check);
    return session.stepDone(payload, Packet.plain(Packet.RAKP_4, b.array()));
  }

  private Optional<CardSession> halfOpen(SocketAddress from, byte[] payload) {
    int sid = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    return Optional.ofNullable(sessions.get(sid))
        .filter(s -> s.keys == null && s.console.equals(from));
  }

  private byte[] end(CardSession session, int type, int tag, int status) {
    sessions.remove(session.sidC);
    return declined(type, tag, status, session.sidM);
  }

  private static byte[] declined(int type, int tag, int status, int sidM) {
    return Packet.plain(type, body(8, tag, status, sidM).array());
  }

  private static ByteBuffer body(int length, int tag, int status, int sidM) {
    ByteBuffer b = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    return b.put((byte) tag).put((byte) status).putShort((short) 0).putInt(sidM);
  }

  byte[] command(SocketAddress from, Packet.Plus packet) {
    sweep();
    CardSession session = sessions.get(packet.session());
    if (session == null || session.keys == null) return NOTHING;
    SessionKeys keys = session.keys;
    Optional<LanMessage> message = keys.open(packet);
    if (message.isEmpty() || !session.replay.take(packet.sequence())) return NOTHING;
    session.touch();
    byte[] answer = session.again(message.get());
    if (answer.length == 0) {
      answer = execute(session, message.get());
      session.done(message.get(), answer);
    }
    return keys.seal(session.sidM, ++session.outgoing, message.get().answer(answer), random);
  }

  private byte[] execute(CardSession session, LanMessage m) {
    if (m.netFn() == 0x06 && m.command() == 0x3b) return setPrivilege(session, m.data());
    if (m.netFn() == 0x06 && m.command() == 0x3c) return close(session, m.data());
    return Capabilities.answer(model, m)
        .orElseGet(() -> model.handle(m.netFn(), m.command(), m.data(), session.privilege));
  }

  private static byte[] setPrivilege(CardSession session, byte[] data) {
    if (data.length != 1) return new byte[] {(byte) 0xc7};
    int level = data[0] & 0x0f;
    if (level > session.ceiling) return new byte[] {(byte) 0x81};
    if (level >= 2) session.privilege = level;
    return new byte[] {0, (byte) session.privilege};
  }

  private byte[] close(CardSession session, byte[] data) {
    if (data.length < 4) return new byte[] {(byte) 0xc7};
    int sid = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (sid != session.sidC) return new byte[] {(byte) 0x87};
    sessions.remove(sid);
    return new byte[] {0};
  }
}
