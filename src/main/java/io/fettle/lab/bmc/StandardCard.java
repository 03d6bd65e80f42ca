package io.fettle.lab.bmc;

import java.util.List;
import java.util.function.Consumer;

/**
 * A card that answers as the real ones do, from a {@link CardState}. Each command that changes
 * something is told to the journal before it takes effect, without secrets.
 */
public final class StandardCard implements BmcModel {
  private final CardState state;
  private final AppCommands app;
  private final LanCommands lan;
  private final ChassisCommands chassis;
  private final SelCommands sel;
  private final OemCommands oem;

  /**
   * @param journal hears {@code netfn 30 cmd 24 data 02}; must have it on disk when it returns
   */
  public StandardCard(CardState state, Consumer<String> journal) {
    this.state = state;
    app = new AppCommands(state, journal);
    lan = new LanCommands(state, journal);
    chassis = new ChassisCommands(state, journal);
    sel = new SelCommands(state, journal);
    oem = new OemCommands(state, journal);
  }

  @Override
  public byte[] guid() {
    return state.guid();
  }

  @Override
  public List<BmcUser> users() {
    return state.users();
  }

  @Override
  public int maxSessions() {
    return state.freeSessions();
  }

  @Override
  public boolean silent() {
    return state.silent();
  }

  @Override
  public int boots() {
    return state.resets();
  }

  @Override
  public byte[] handle(int netFn, int command, byte[] data, int privilege) {
    Request request = new Request(netFn, command, data, privilege);
    return switch (netFn) {
      case 0x00 -> chassis.handle(request);
      case 0x06 -> app.handle(request);
      case 0x0a -> sel.handle(request);
      case 0x0c -> lan.handle(request);
      case 0x30 -> oem.handle(request);
      default -> Request.INVALID.clone();
    };
  }
}
