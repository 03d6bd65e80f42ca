package io.fettle.console;

import io.fettle.cmdb.Racks;
import io.fettle.fault.FaultFigures;
import io.fettle.fault.Turn;
import io.fettle.kernel.Viewer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The racks of the fleet, each in the colour of the worst state in it. Bounded: of a big fleet the
 * racks with faults come first and the others are counted.
 */
@Component
class RackMap {
  private static final int MOST = 1_200;

  private final Racks racks;
  private final FaultFigures figures;

  RackMap(Racks racks, FaultFigures figures) {
    this.racks = racks;
    this.figures = figures;
  }

  /**
   * The map.
   *
   * @param hidden racks that are not drawn
   */
  record Map(List<Home.Site> sites, int hidden) {}

  private record Place(@Nullable String site, @Nullable String room, @Nullable String rack) {}

  Map of(Viewer viewer) {
    java.util.Map<Place, FaultFigures.Rack> faulty = new HashMap<>();
    for (FaultFigures.Rack rack : figures.racks(viewer, MOST))
      if (rack.rack() != null) faulty.put(new Place(rack.site(), rack.room(), rack.rack()), rack);
    List<Racks.Rack> all = racks.all(viewer);
    int left = MOST - faulty.size();
    int hidden = 0;
    java.util.Map<String, List<Home.RackCell>> bySite = new LinkedHashMap<>();
    for (Racks.Rack rack : all) {
      FaultFigures.Rack bad = faulty.get(new Place(rack.site(), rack.room(), rack.rack()));
      if (bad == null && left-- <= 0) hidden++;
      else bySite.computeIfAbsent(site(rack), s -> new ArrayList<>()).add(cell(rack, bad));
    }
    List<Home.Site> sites = new ArrayList<>();
    bySite.forEach((site, cells) -> sites.add(new Home.Site(site, cells)));
    return new Map(sites, hidden);
  }

  /** A register that knows no sites shows its rooms. */
  private static String site(Racks.Rack rack) {
    if (rack.site() != null) return rack.site();
    return rack.room() == null ? "?" : rack.room();
  }

  private static Home.RackCell cell(Racks.Rack rack, FaultFigures.@Nullable Rack bad) {
    return new Home.RackCell(
        rack.site(),
        rack.room(),
        rack.rack(),
        Tone.of(bad == null ? Turn.NONE : bad.worst()),
        rack.machines(),
        bad == null ? 0 : bad.machines());
  }
}
