package io.fettle.transport.ipmi;

/** An open session at administrator privilege (or the highest the account has). */
public interface IpmiSession {
  /**
   * Sends one command and waits for its answer; retries are safe within IPMI's own sequence
   * numbers.
   */
  IpmiAnswer send(IpmiRequest request) throws IpmiFailure;

  /**
   * Sends one command a single time and waits as long as {@link #send} would in all. For commands
   * that change something: a card that wakes up late would execute each sending.
   */
  IpmiAnswer sendOnce(IpmiRequest request) throws IpmiFailure;

  /** The cipher suite in use: 17 or 3. */
  int suite();
}
