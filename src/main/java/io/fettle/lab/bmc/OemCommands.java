package io.fettle.lab.bmc;

import io.fettle.lab.bmc.CardState.Make;
import io.fettle.lab.bmc.CardState.NicMode;
import java.util.function.Consumer;

/**
 * Vendors' NIC mode (network function 30): Dell 11G 24/25, Dell 12G and later 28/29, Supermicro 70
 * 0c. Each make knows only its own; the bytes are those of ipmitool's ipmi_delloem.c and of
 * Supermicro's X9 and later boards.
 */
final class OemCommands {
  private static final int ALL_LOMS = 6;

  private final CardState state;
  private final Consumer<String> journal;

  OemCommands(CardState state, Consumer<String> journal) {
    this.state = state;
    this.journal = journal;
  }

  byte[] handle(Request r) {
    Make make = state.make();
    boolean dell11 = make == Make.DELL_11G;
    boolean dell12 = make.isDell() && !dell11;
    return switch (r.command()) {
      case 0x24 -> dell11 ? r.when(Request.ADMINISTRATOR, 1, () -> set11(r)) : no();
      case 0x25 -> dell11 ? r.when(Request.USER, 0, this::get11) : no();
      case 0x28 -> dell12 ? r.when(Request.ADMINISTRATOR, 2, () -> set12(r)) : no();
      case 0x29 -> dell12 ? r.when(Request.USER, 0, this::get12) : no();
      case 0x70 ->
          make == Make.SUPERMICRO && r.at(0) == 0x0c
              ? r.when(Request.ADMINISTRATOR, 2, () -> supermicro(r))
              : no();
      default -> no();
    };
  }

  private static byte[] no() {
    return Request.INVALID.clone();
  }

  private byte[] get11() {
    return Request.ok(
        switch (state.nicMode()) {
          case SHARED -> 0;
          case DEDICATED -> 2;
          case FAILOVER -> state.failoverLom() == ALL_LOMS ? 3 : 1;
        });
  }

  private byte[] set11(Request r) {
    return switch (r.at(0)) {
      case 0 -> set(r, NicMode.SHARED, 2, 0);
      case 1 -> set(r, NicMode.FAILOVER, 2, 3);
      case 2 -> set(r, NicMode.DEDICATED, 2, 0);
      case 3 -> set(r, NicMode.FAILOVER, 2, ALL_LOMS);
      default -> Request.FIELD.clone();
    };
  }

  private byte[] get12() {
    return state.nicMode() == NicMode.DEDICATED
        ? Request.ok(1, 0)
        : Request.ok(state.lom(), state.failoverLom());
  }

  private byte[] set12(Request r) {
    int mode = r.at(0);
    int failover = r.at(1);
    boolean knownMode = mode >= 1 && mode <= 5;
    boolean knownFailover = failover == 0 || (failover >= 2 && failover <= ALL_LOMS);
    if (!knownMode || !knownFailover || mode == failover) return Request.FIELD.clone();
    if (mode == 1) return failover == 0 ? set(r, NicMode.DEDICATED, 2, 0) : Request.FIELD.clone();
    return set(r, failover == 0 ? NicMode.SHARED : NicMode.FAILOVER, mode, failover);
  }

  private byte[] set(Request r, NicMode mode, int lom, int failover) {
    if (mode == NicMode.DEDICATED && !state.licence()) return Request.LICENCE.clone();
    return r.change(journal, () -> state.nic(mode, lom, failover));
  }

  private byte[] supermicro(Request r) {
    if (r.at(1) == 0)
      return Request.ok(
          switch (state.nicMode()) {
            case DEDICATED -> 0;
            case SHARED -> 1;
            case FAILOVER -> 2;
          });
    if (r.at(1) != 1 || r.data().length != 3 || r.at(2) > 2) return Request.FIELD.clone();
    NicMode mode = NicMode.values()[r.at(2)];
    return r.change(journal, () -> state.nicMode(mode));
  }
}
