package io.fettle.cmdb;

import io.fettle.kernel.Viewer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Front door for the map of racks. */
public interface Racks {
  /**
   * Racks with machines this viewer may see, by site, room and rack; at most 20,000. Counted afresh
   * about once a minute.
   */
  List<Rack> all(Viewer viewer);

  /** A rack and how many machines stand in it; a site or room that is not recorded is null. */
  record Rack(@Nullable String site, @Nullable String room, String rack, long machines) {}
}
