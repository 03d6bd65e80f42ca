package io.fettle.fault;

import java.util.Collection;
import java.util.Comparator;

/** Whose turn it is while a fault is open; in falling order of how much it asks for attention. */
public enum Turn {
  /** Broken, and nobody is at it. */
  NOBODY,
  /** A person decides. */
  PERSON,
  /** Fettle is at it. */
  FETTLE,
  /** Held on purpose, or with somebody outside. */
  HELD,
  /** Not known to be broken. */
  UNKNOWN,
  /** Seen gone. */
  NONE;

  /** Whose turn a state is. */
  public static Turn of(FaultState state) {
    return switch (state) {
      case CONFIRMED -> NOBODY;
      case ESCALATED, AWAITING -> PERSON;
      case PLANNED, RUNNING, VERIFYING, UNCERTAIN -> FETTLE;
      case HELD, FIELD -> HELD;
      case SUSPECT, STALE -> UNKNOWN;
      case RECOVERED, CLOSED -> NONE;
    };
  }

  /** The one that asks for most attention; {@link #NONE} when there are no faults. */
  public static Turn worst(Collection<Fault> faults) {
    return faults.stream()
        .map(fault -> of(fault.state()))
        .min(Comparator.naturalOrder())
        .orElse(NONE);
  }
}
