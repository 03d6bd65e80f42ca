package io.fettle.cmdb.facet;

import java.util.List;

/** Every facet of the core, as scanning finds them. */
public final class AllFacets {
  private AllFacets() {}

  public static List<Facet> list() {
    return List.of(
        new AssetFacet(),
        new RegisterFacet(),
        new PlacementFacet(),
        new OwnershipFacet(),
        new IntentFacet(),
        new BmcFacet(),
        new NetFacet(),
        new OsFacet());
  }
}
