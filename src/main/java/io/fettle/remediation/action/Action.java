package io.fettle.remediation.action;

import io.fettle.kernel.Label;
import java.time.Duration;
import java.util.Optional;

/**
 * The plug point: one typed thing to do to one machine. One file per action, found by scanning;
 * stateless. Its attempt is on disk before {@link #run} is called.
 */
public interface Action {
  /** Unique and stable, e.g. {@code bmc.set_nic_mode}. */
  String name();

  Label label();

  Effect effect();

  Idempotence idempotence();

  /** Upper bound of {@link #run}; a take-over waits this long plus 5 s after the lease ends. */
  Duration timeLimit();

  /**
   * Why this must not be done to this machine (make unknown, would cut the channel in use, last way
   * in …); empty when it may.
   */
  Optional<Label> refuses(ActionContext context);

  /** Does it. Never throws for what a machine does. */
  Result run(ActionContext context);

  /** Is the effect there? Reads only. Decides what an UNCERTAIN attempt means. */
  Presence probe(ActionContext context);

  /** How much harm it can do. */
  enum Effect {
    READ,
    REVERSIBLE,
    DISRUPTIVE,
    DESTRUCTIVE
  }

  /**
   * What a second sending would do. STATE: the same state again; PROBED: ask first; NONE: never
   * again.
   */
  enum Idempotence {
    STATE,
    PROBED,
    NONE
  }

  /** Whether the effect can be seen. */
  enum Presence {
    PRESENT,
    ABSENT,
    UNKNOWN
  }

  /** What came of it. */
  sealed interface Result {
    /** Done and read back. */
    record Done(Label what) implements Result {}

    /** Not done, and surely so: nothing was changed. */
    record Failed(Label why) implements Result {}

    /** Something left and nobody knows what became of it. */
    record Uncertain(Label why) implements Result {}
  }
}
