package io.fettle.console;

import io.fettle.fault.FaultState;
import io.fettle.fault.Turn;
import io.fettle.ticket.Tickets;

/** The six colours of state; each means one thing on every page. */
public enum Tone {
  /** Fine. */
  OK,
  /** Fettle is at it. */
  BUSY,
  /** A person decides. */
  PERSON,
  /** Broken, and nobody is at it. */
  BAD,
  /** Held: maintenance, vendor, owner. */
  HELD,
  /** Not known. */
  UNKNOWN;

  /** The style class. */
  public String css() {
    return switch (this) {
      case OK -> "is-ok";
      case BUSY -> "is-busy";
      case PERSON -> "is-person";
      case BAD -> "is-bad";
      case HELD -> "is-held";
      case UNKNOWN -> "is-unknown";
    };
  }

  public static Tone of(Turn turn) {
    return switch (turn) {
      case NOBODY -> BAD;
      case PERSON -> PERSON;
      case FETTLE -> BUSY;
      case HELD -> HELD;
      case UNKNOWN -> UNKNOWN;
      case NONE -> OK;
    };
  }

  public static Tone of(FaultState state) {
    return of(Turn.of(state));
  }

  public static Tone of(Tickets.State state) {
    return switch (state) {
      case OPEN, ASSIGNED -> PERSON;
      case VERIFYING -> BUSY;
      case RESOLVED, CLOSED -> OK;
    };
  }
}
