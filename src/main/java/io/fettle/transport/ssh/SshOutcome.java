package io.fettle.transport.ssh;

import java.time.Duration;

/** What came of one exec; the cases are told apart because what follows differs. */
public sealed interface SshOutcome {
  /**
   * The command ended by itself.
   *
   * @param exit exit status; 128+n for a signal
   * @param out standard output, decoded as UTF-8 with replacement, cut at the limit
   * @param cut true when either stream was longer than the limit
   */
  record Ran(int exit, String out, String err, boolean cut, Duration took) implements SshOutcome {}

  /**
   * It did not run, or nobody knows how it ended.
   *
   * @param why one plain sentence for the story, no secret
   */
  record Failed(Kind kind, String why, Duration took) implements SshOutcome {
    /** True when the command may have been started on the machine. */
    public boolean maybeStarted() {
      return kind == Kind.KILLED_AT_LIMIT || kind == Kind.BROKEN_AFTER_SEND;
    }
  }

  /** Kinds of failure. */
  enum Kind {
    NO_ADDRESS,
    NO_CREDENTIAL,
    REFUSED,
    CONNECT_TIMEOUT,
    BANNER_TIMEOUT,
    AUTH_TIMEOUT,
    HOST_KEY_CHANGED,
    AUTH_REFUSED,
    SUDO_REFUSED,
    BROKEN_BEFORE_SEND,
    BROKEN_AFTER_SEND,
    KILLED_AT_LIMIT,
    BUSY,
    TOO_LATE
  }
}
