package io.fettle.remediation;

import io.fettle.remediation.action.Action;

/** What an attempt in doubt means once its effect was looked for; a pure rule. */
final class CrashTable {
  /** How often one step may be sent again after its effect was proven absent. */
  static final int RESENDS = 2;

  private CrashTable() {}

  /** What follows. */
  enum Verdict {
    /** Edge 24, or the next step: it is there. */
    GO_ON,
    /** Edge 23: proven absent, and sending it again is allowed. */
    SEND_AGAIN,
    /** Edge 25: a person must look. */
    PERSON,
    /** Look again later. */
    WAIT
  }

  /**
   * Judges.
   *
   * @param sent how often the step has been sent
   * @param timeLeft false when the time for doubt is over
   */
  static Verdict of(
      Action.Presence presence,
      Action.Effect effect,
      Action.Idempotence idempotence,
      int sent,
      boolean timeLeft) {
    return switch (presence) {
      case PRESENT -> Verdict.GO_ON;
      case ABSENT -> absent(effect, idempotence, sent);
      case UNKNOWN -> timeLeft ? Verdict.WAIT : Verdict.PERSON;
    };
  }

  private static Verdict absent(Action.Effect effect, Action.Idempotence idempotence, int sent) {
    if (effect == Action.Effect.DESTRUCTIVE) return Verdict.PERSON;
    return switch (idempotence) {
      case NONE -> Verdict.PERSON;
      case STATE, PROBED -> sent <= RESENDS ? Verdict.SEND_AGAIN : Verdict.PERSON;
    };
  }
}
