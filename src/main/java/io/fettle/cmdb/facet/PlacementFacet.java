package io.fettle.cmdb.facet;

import static io.fettle.cmdb.facet.FacetField.text;

import io.fettle.kernel.Label;
import java.util.List;
import org.springframework.stereotype.Component;

/** Where the machine stands. */
@Component
class PlacementFacet implements Facet {
  @Override
  public String name() {
    return "placement";
  }

  @Override
  public Label label() {
    return new Label("位置", "Placement");
  }

  @Override
  public String authority() {
    return "manual > register";
  }

  @Override
  public List<FacetField> fields() {
    return List.of(
        text("site", "园区", "Site"),
        text("room", "机房", "Room"),
        text("rack", "机柜", "Rack"),
        text("u", "U位", "Unit"));
  }
}
