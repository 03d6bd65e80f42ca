package io.fettle.lab.bmc;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The card itself and its accounts (network function 06; IPMI 2.0, 20 and 22). */
final class AppCommands {
  private static final int MAX_USERS = 15;
  private static final int DELL_CONTROLLER_TYPE = 0xdd;

  private final CardState state;
  private final Consumer<String> journal;

  AppCommands(CardState state, Consumer<String> journal) {
    this.state = state;
    this.journal = journal;
  }

  byte[] handle(Request r) {
    return switch (r.command()) {
      case 0x01 -> r.when(Request.USER, 0, this::deviceId);
      case 0x02 -> r.when(Request.ADMINISTRATOR, 0, () -> r.change(journal, state::coldReset));
      case 0x04 -> r.when(Request.USER, 0, () -> Request.ok(0x55, 0));
      case 0x37 -> r.when(Request.USER, 0, () -> Request.ok(state.guid()));
      case 0x41 -> r.when(Request.USER, 2, () -> channelAccess(r));
      case 0x42 -> r.when(Request.USER, 1, () -> channel(r));
      case 0x43 -> r.when(Request.ADMINISTRATOR, 3, () -> setAccess(r));
      case 0x44 -> r.when(Request.OPERATOR, 2, () -> access(r));
      case 0x45 -> r.when(Request.ADMINISTRATOR, 17, () -> rename(r));
      case 0x46 -> r.when(Request.OPERATOR, 1, () -> name(r));
      case 0x47 -> r.when(Request.ADMINISTRATOR, 2, () -> password(r));
      case 0x59 -> r.when(Request.USER, 4, () -> systemInfo(r));
      default -> Request.INVALID.clone();
    };
  }

  private byte[] deviceId() {
    int maker = state.make().manufacturer;
    int product = state.make().product;
    return Request.ok(
        0x20,
        0x01,
        0x02,
        0x41,
        0x02,
        0xbf,
        maker & 0xff,
        maker >> 8 & 0xff,
        maker >> 16,
        product & 0xff,
        product >> 8);
  }

  private static byte[] channelAccess(Request r) {
    if (!isLan(r.at(0))) return Request.FIELD.clone();
    return Request.ok(0x22, 0x04);
  }

  private static byte[] channel(Request r) {
    if (!isLan(r.at(0))) return Request.FIELD.clone();
    return Request.ok(1, 0x04, 0x01, 0x80, 0xf2, 0x1b, 0, 0, 0);
  }

  private static boolean isLan(int channel) {
    return (channel & 0x0f) == 1 || (channel & 0x0f) == 0x0e;
  }

  private byte[] systemInfo(Request r) {
    int type = state.make().controllerType;
    if (r.at(1) != DELL_CONTROLLER_TYPE || type == 0) return Request.NOT_SUPPORTED.clone();
    byte[] answer = new byte[16];
    answer[1] = 0x11;
    answer[11] = (byte) type;
    return answer;
  }

  private Optional<BmcUser> user(int id) {
    return state.users().stream().filter(u -> u.id() == id).findFirst();
  }

  private BmcUser userOrEmpty(int id) {
    return user(id).orElse(new BmcUser(id, "", new byte[0], false, 15, false, false));
  }

  private static boolean isUser(int id) {
    return id >= 1 && id <= MAX_USERS;
  }

  private byte[] access(Request r) {
    int id = r.at(1) & 0x3f;
    if (!isLan(r.at(0))) return Request.FIELD.clone();
    if (!isUser(id)) return Request.RANGE.clone();
    List<BmcUser> users = state.users();
    int enabled = (int) users.stream().filter(BmcUser::enabled).count();
    int fixed = (int) users.stream().filter(BmcUser::fixed).count();
    BmcUser user = userOrEmpty(id);
    int status = user.enabled() ? 0x40 : 0x80;
    int rights = user.privilege() | (user.messaging() ? 0x10 : 0);
    return Request.ok(MAX_USERS, status | enabled, fixed, rights);
  }

  private byte[] setAccess(Request r) {
    int id = r.at(1) & 0x3f;
    if (!isLan(r.at(0)) || !isUser(id)) return Request.FIELD.clone();
    BmcUser user = userOrEmpty(id);
    if (user.fixed()) return Request.FIELD.clone();
    boolean bits = (r.at(0) & 0x80) != 0;
    boolean messaging = bits ? (r.at(0) & 0x10) != 0 : user.messaging();
    return r.change(journal, () -> state.user(user.withAccess(r.at(2) & 0x0f, messaging)));
  }

  private byte[] name(Request r) {
    int id = r.at(0) & 0x3f;
    if (!isUser(id)) return Request.RANGE.clone();
    byte[] name = userOrEmpty(id).name().getBytes(StandardCharsets.ISO_8859_1);
    return Request.ok(Arrays.copyOf(name, 16));
  }

  private byte[] rename(Request r) {
    int id = r.at(0) & 0x3f;
    if (!isUser(id) || userOrEmpty(id).fixed()) return Request.FIELD.clone();
    String name = new String(stripped(r.data(), 1, 17), StandardCharsets.ISO_8859_1);
    return r.change(journal, () -> state.user(userOrEmpty(id).named(name)));
  }

  private byte[] password(Request r) {
    int id = r.at(0) & 0x3f;
    if (!isUser(id)) return Request.RANGE.clone();
    BmcUser user = userOrEmpty(id);
    byte[] given = stripped(r.data(), 2, r.data().length);
    return switch (r.at(1) & 0x03) {
      case 0 -> change(r, user.withEnabled(false));
      case 1 -> change(r, user.withEnabled(true));
      case 2 -> change(r, user.withPassword(given));
      default -> Arrays.equals(user.password(), given) ? new byte[] {0} : new byte[] {(byte) 0x80};
    };
  }

  private byte[] change(Request r, BmcUser user) {
    journal.accept(r.line(2));
    state.user(user);
    return new byte[] {0};
  }

  /** Without the zeros at the end. */
  private static byte[] stripped(byte[] bytes, int from, int to) {
    int end = to;
    while (end > from && bytes[end - 1] == 0) end--;
    return Arrays.copyOfRange(bytes, from, Math.max(from, end));
  }
}
