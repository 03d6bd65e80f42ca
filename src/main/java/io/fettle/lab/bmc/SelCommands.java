package io.fettle.lab.bmc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** The event log (network function 0A; IPMI 2.0, 31). */
final class SelCommands {
  private static final int LAST = 0xffff;

  private final CardState state;
  private final Consumer<String> journal;

  SelCommands(CardState state, Consumer<String> journal) {
    this.state = state;
    this.journal = journal;
  }

  byte[] handle(Request r) {
    return switch (r.command()) {
      case 0x40 -> r.when(Request.USER, 0, this::info);
      case 0x42 -> r.when(Request.USER, 0, () -> Request.ok(1, 0));
      case 0x43 -> r.when(Request.USER, 6, () -> entry(r));
      case 0x47 -> r.when(Request.OPERATOR, 6, () -> clear(r));
      case 0x48 -> r.when(Request.USER, 0, () -> time());
      default -> Request.INVALID.clone();
    };
  }

  private byte[] info() {
    ByteBuffer b = ByteBuffer.allocate(14).order(ByteOrder.LITTLE_ENDIAN);
    int entries = state.sel().size();
    b.put((byte) 0x51).putShort((short) entries);
    b.putShort((short) ((CardState.SEL_CAPACITY - entries) * 16));
    b.putInt(0).putInt((int) state.selErasedAt().getEpochSecond());
    b.put((byte) (0x02 | (state.selOverflow() ? 0x80 : 0)));
    return Request.ok(b.array());
  }

  private byte[] entry(Request r) {
    List<CardState.SelEntry> all = state.sel();
    int id = r.at(2) | r.at(3) << 8;
    int index = id == 0 ? 0 : id == LAST ? all.size() - 1 : id - 1;
    if (index < 0 || index >= all.size()) return new byte[] {(byte) 0xcb};
    int next = index + 1 < all.size() ? index + 2 : LAST;
    byte[] raw = all.get(index).raw();
    int from = Math.min(r.at(4), raw.length);
    int to = Math.min(raw.length, from + r.at(5));
    return Request.ok(Arrays.copyOfRange(raw, from, to), next & 0xff, next >> 8);
  }

  private byte[] clear(Request r) {
    boolean clr = r.at(2) == 'C' && r.at(3) == 'L' && r.at(4) == 'R';
    if (!clr) return Request.FIELD.clone();
    if (r.at(5) == 0xaa) r.change(journal, state::clearSel);
    return Request.ok(1);
  }

  private byte[] time() {
    ByteBuffer b = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    return Request.ok(b.putInt((int) state.now().getEpochSecond()).array());
  }
}
