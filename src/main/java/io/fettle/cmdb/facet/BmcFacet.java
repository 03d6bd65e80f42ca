package io.fettle.cmdb.facet;

import static io.fettle.cmdb.facet.FacetField.of;
import static io.fettle.cmdb.facet.FacetField.text;

import io.fettle.kernel.Label;
import java.util.List;
import org.springframework.stereotype.Component;

/** The management card as it is; what it should be is intent. */
@Component
class BmcFacet implements Facet {
  @Override
  public String name() {
    return "bmc";
  }

  @Override
  public Label label() {
    return new Label("管理卡", "Management card");
  }

  @Override
  public String authority() {
    return "bmc = host > register > manual";
  }

  @Override
  public List<FacetField> fields() {
    return List.of(
        text("address", "管理卡地址", "Address").by("manual > register > bmc = host").as(KeyKind.BMC_IP),
        text("vendor", "厂商", "Vendor"),
        of("generation", Shape.whole(), "代次", "Generation"),
        of("nic_mode", Shape.oneOf("dedicated", "shared", "failover"), "网口模式", "NIC mode"),
        text("firmware", "固件", "Firmware"),
        text("mac", "MAC", "MAC address").as(KeyKind.BMC_MAC));
  }
}
