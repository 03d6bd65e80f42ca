package io.fettle.lab.bmc;

import java.util.function.Consumer;

/** Chassis (network function 00): is it on, switch it. */
final class ChassisCommands {
  private static final int DOWN = 0;
  private static final int UP = 1;
  private static final int CYCLE = 2;
  private static final int RESET = 3;
  private static final int SOFT = 5;

  private final CardState state;
  private final Consumer<String> journal;

  ChassisCommands(CardState state, Consumer<String> journal) {
    this.state = state;
    this.journal = journal;
  }

  byte[] handle(Request r) {
    return switch (r.command()) {
      case 0x01 -> r.when(Request.USER, 0, this::status);
      case 0x02 -> r.when(Request.OPERATOR, 1, () -> control(r));
      default -> Request.INVALID.clone();
    };
  }

  private byte[] status() {
    return Request.ok(0x60 | (state.powered() ? 1 : 0), 0, 0x40, 0);
  }

  private byte[] control(Request r) {
    return switch (r.at(0) & 0x0f) {
      case DOWN, SOFT -> r.change(journal, () -> state.powered(false));
      case UP -> r.change(journal, () -> state.powered(true));
      case CYCLE, RESET ->
          state.powered() ? r.change(journal, () -> state.powered(true)) : new byte[] {(byte) 0xd5};
      default -> Request.FIELD.clone();
    };
  }
}
