package io.fettle.cmdb.facet;

import static io.fettle.cmdb.facet.FacetField.of;
import static io.fettle.cmdb.facet.FacetField.text;

import io.fettle.kernel.Label;
import java.util.List;
import org.springframework.stereotype.Component;

/** What the asset is; its members stand at the top of the document. */
@Component
class AssetFacet implements Facet {
  @Override
  public String name() {
    return "asset";
  }

  @Override
  public Label label() {
    return new Label("资产", "Asset");
  }

  @Override
  public String authority() {
    return "register > manual";
  }

  @Override
  public List<FacetField> fields() {
    return List.of(
        text("asset_no", "资产号", "Asset number").as(KeyKind.ASSET_NO),
        of("type", Shape.oneOf("server", "switch", "chassis", "pdu", "part", "vm"), "类型", "Type"),
        of(
                "lifecycle",
                Shape.oneOf("in_stock", "in_service", "maintenance", "retired"),
                "状态",
                "Lifecycle")
            .by("manual = register"));
  }
}
