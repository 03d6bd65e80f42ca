package io.fettle.web;

import io.fettle.kernel.Label;
import java.util.Map;

/**
 * The plug point by which a room says whether its part of Fettle works; shown on the health page
 * and by {@code ./fettle status}. One bean per part, found by scanning.
 */
public interface HealthPart {
  /** Unique and stable, e.g. {@code database}, {@code scheduler}, {@code audit}. */
  String name();

  /** Looks now; answers within a second and never throws. */
  State check();

  /** The same, by each of several things that it speaks of; one alone has no name. */
  default Map<String, State> each() {
    return Map.of("", check());
  }

  /**
   * How a part is, and why in words (also when it is fine: what was looked at).
   *
   * @param wanting it works, and what it lacks is for people to set up; no fault
   */
  record State(boolean ok, boolean wanting, Label why) {
    public State(boolean ok, Label why) {
      this(ok, false, why);
    }

    public static State wanting(String zh, String en) {
      return new State(true, true, new Label(zh, en));
    }

    public static State fine(String zh, String en) {
      return new State(true, new Label(zh, en));
    }

    public static State bad(String zh, String en) {
      return new State(false, new Label(zh, en));
    }
  }
}
