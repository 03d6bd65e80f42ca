package io.fettle.transport.ipmi;

import io.fettle.kernel.Endpoint;
import java.time.Duration;

/**
 * Front door: talk to management cards. The talk blocks (use virtual threads); no thread is kept
 * per card.
 */
public interface Ipmi {
  /** Opens a session, runs the talk, always closes the session. */
  <T> T talk(IpmiTarget target, IpmiTalk<T> talk) throws IpmiFailure;

  /**
   * Asks without logging in whether anything that speaks IPMI answers (Get Channel Authentication
   * Capabilities).
   *
   * @throws IpmiFailure BUSY when no place became free to ask: that says nothing about the card
   */
  boolean answers(Endpoint endpoint, Duration limit) throws IpmiFailure;
}
