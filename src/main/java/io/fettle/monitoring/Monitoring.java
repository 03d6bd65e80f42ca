package io.fettle.monitoring;

import io.fettle.kernel.AssetId;
import io.fettle.kernel.Label;
import io.fettle.monitoring.check.Reading;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Front door of monitoring. */
public interface Monitoring {
  /**
   * Runs one check on one machine now; its readings are also observations at a fresh slot and pass
   * through the fold. Empty when the check does not apply. Blocks; call on a virtual thread. Used
   * for pre-flight probes, verification and 'try'.
   */
  List<Reading> probe(AssetId machine, String check);

  /**
   * Asks for the next slot of this check within the retry interval (a suspect is looked at again
   * soon).
   */
  void lookAgainSoon(AssetId machine, String check);

  /**
   * Somebody begins something on many machines, or looks what it would be, and waits for the first
   * answer: for the next two seconds no scheduled visit is begun, for a fifth of the time at most.
   */
  default void giveWay() {}

  /** The checks there are. */
  List<CheckInfo> checks();

  Optional<CheckInfo> check(String name);

  /** Checks bound to this machine now. */
  List<CheckInfo> bound(AssetId machine);

  /**
   * How much of what is bound was visited in time: not later than so many of its intervals after it
   * was due.
   */
  Coverage coverage(int intervals);

  /** Bindings of a collector in all, and those visited in time. */
  record Coverage(String collector, long bound, long fresh) {}

  /** A check as shown to people, with the profile's timing applied. */
  record CheckInfo(
      String name,
      Label label,
      String faultClass,
      String appliesTo,
      Duration interval,
      Duration retryInterval,
      int bad,
      int of) {}
}
