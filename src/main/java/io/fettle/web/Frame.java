package io.fettle.web;

import io.fettle.kernel.Label;
import io.fettle.kernel.Viewer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The plug point for what stands around every page: numbers in the navigation, the freeze switch.
 * Called once per full page, so the answer must come from memory or a cheap query.
 */
public interface Frame {
  Facts facts(Viewer viewer);

  /**
   * What the frame shows.
   *
   * @param counts by navigation item, e.g. {@code machines, faults, repairs, tickets}
   * @param frozen true while no new action may start
   * @param healthy false when a part of Fettle itself does not work
   * @param outage why nothing new can be begun just now, whatever the switch says; null when it can
   */
  record Facts(Map<String, Long> counts, boolean frozen, boolean healthy, @Nullable Label outage) {
    public Facts {
      counts = Map.copyOf(counts);
    }

    public Facts(Map<String, Long> counts, boolean frozen, boolean healthy) {
      this(counts, frozen, healthy, null);
    }

    static final Facts NONE = new Facts(Map.of(), false, true);

    /** True when repairs may begin. */
    public boolean acts() {
      return !frozen && outage == null;
    }

    /** The same without numbers, in an outage. */
    Facts during(Label why) {
      return new Facts(Map.of(), frozen, false, why);
    }
  }
}
