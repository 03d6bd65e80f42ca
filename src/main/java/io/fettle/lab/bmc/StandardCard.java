package io.fettle.lab.bmc;

import java.util.List;
import java.util.function.Consumer;

/**
 * A card that answers as the real ones do, from a {@link CardState}. Each command that changes
 * something is told to the journal before it takes effect, without secrets.
 */
public final class StandardCard implements BmcModel {
  private static final byte[] INVALID = {(byte) 0xc1};

  private final CardState state;
  private final Consumer<String> journal;

  /**
   * @param journal hears {@code netfn 30 cmd 24 data 02}; must have it on disk when it returns
   */
  public StandardCard(CardState state, Consumer<String> journal) {
    this.state = state;
    this.journal = journal;
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
    if (netFn == 0x06 && command == 0x02) {
      journal.accept("netfn 06 cmd 02");
      state.coldReset();
      return new byte[] {0};
    }
    return INVALID.clone();
  }
}
