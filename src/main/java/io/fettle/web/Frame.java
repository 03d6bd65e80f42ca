package io.fettle.web;

import io.fettle.kernel.Viewer;
import java.util.Map;

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
   */
  record Facts(Map<String, Long> counts, boolean frozen, boolean healthy) {
    public Facts {
      counts = Map.copyOf(counts);
    }

    static final Facts NONE = new Facts(Map.of(), false, true);
  }
}
