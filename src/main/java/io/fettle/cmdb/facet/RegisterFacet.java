package io.fettle.cmdb.facet;

import static io.fettle.cmdb.facet.FacetField.of;
import static io.fettle.cmdb.facet.FacetField.text;

import io.fettle.kernel.Label;
import java.util.List;
import org.springframework.stereotype.Component;

/** The machine as it was bought. */
@Component
class RegisterFacet implements Facet {
  @Override
  public String name() {
    return "register";
  }

  @Override
  public Label label() {
    return new Label("采购登记", "Purchase");
  }

  @Override
  public String authority() {
    return "register > manual";
  }

  @Override
  public List<FacetField> fields() {
    return List.of(
        text("vendor", "厂商", "Vendor"),
        text("model", "型号", "Model"),
        text("serial", "序列号", "Serial number").as(KeyKind.SERIAL),
        text("po", "采购单", "Purchase order"),
        of("purchased_at", Shape.date(), "采购日期", "Purchased"),
        of("warranty_end", Shape.date(), "保修到期", "Warranty until"));
  }
}
