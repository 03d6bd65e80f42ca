package io.fettle.remediation.action;

import io.fettle.kernel.Label;
import java.util.List;

/** What running an action now would come to, as the machine stands; found by reading alone. */
public sealed interface Foresight {
  /** Nothing would be sent. */
  record AsWanted(Label what) implements Foresight {}

  /**
   * It would be done.
   *
   * @param changes what would be another value afterwards; empty where that cannot be told before
   * @param sends what would be sent to the machine for it, in order; empty where that is no one
   *     command
   */
  record Would(List<Change> changes, List<String> sends) implements Foresight {
    public Would {
      changes = List.copyOf(changes);
      sends = List.copyOf(sends);
    }
  }

  /** Only something would be read and taken along, which nothing there is changed by. */
  record WouldRead(Label what) implements Foresight {}

  /** It would end without a change, and why. */
  record WouldNot(Label why) implements Foresight {}

  /** The machine did not tell. */
  record Untold(Label why) implements Foresight {}

  /** A value now and afterwards, in words that are the same for every machine. */
  record Change(String what, String from, String to) {}
}
