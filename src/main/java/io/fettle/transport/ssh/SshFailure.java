package io.fettle.transport.ssh;

/** Ends a conversation early; becomes {@link SshOutcome.Failed}. */
final class SshFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final SshOutcome.Kind kind;

  SshFailure(SshOutcome.Kind kind, String why) {
    super(why, null, false, false);
    this.kind = kind;
  }

  SshOutcome.Kind kind() {
    return kind;
  }

  String why() {
    return String.valueOf(getMessage());
  }
}
