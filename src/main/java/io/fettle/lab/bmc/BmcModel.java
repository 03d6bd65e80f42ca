package io.fettle.lab.bmc;

import java.util.List;

/** What a simulated card is and does; {@link BmcServer} speaks the protocol for it. */
public interface BmcModel {
  /** 16 bytes, as Get System GUID answers them. */
  byte[] guid();

  /** The accounts that exist now; asked at each log-in. */
  List<BmcUser> users();

  /** How many sessions may be open now; fewer than usual when the card has leaked some. */
  int maxSessions();

  /** True while the card answers nothing at all (hung, or starting after a reset). */
  boolean silent();

  /** Rises with each restart of the card; sessions opened before it are forgotten. */
  default int boots() {
    return 0;
  }

  /** Cipher suites it takes, of 3 and 17. */
  default List<Integer> suites() {
    return List.of(3, 17);
  }

  /**
   * Executes one command addressed to the card.
   *
   * @param netFn even network function of the request
   * @param privilege privilege of the session (4 administrator; the system interface is 4 too)
   * @return completion code, then the data
   */
  byte[] handle(int netFn, int command, byte[] data, int privilege);
}
