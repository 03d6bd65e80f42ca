package io.fettle.cmdb;

import io.fettle.kernel.Viewer;
import java.util.List;

/** Front door for the map of racks. */
public interface Racks {
  /**
   * Racks with machines this viewer may see, by site and rack; at most 20,000. Counted afresh about
   * once a minute.
   */
  List<Rack> all(Viewer viewer);

  /** A rack and how many machines stand in it. */
  record Rack(String site, String rack, long machines) {}
}
