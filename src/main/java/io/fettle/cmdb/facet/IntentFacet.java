package io.fettle.cmdb.facet;

import static io.fettle.cmdb.facet.FacetField.of;
import static io.fettle.cmdb.facet.FacetField.text;

import io.fettle.kernel.Label;
import java.util.List;
import org.springframework.stereotype.Component;

/** What the machine should be: declared, never assumed. */
@Component
class IntentFacet implements Facet {
  @Override
  public String name() {
    return "intent";
  }

  @Override
  public Label label() {
    return new Label("期望", "Intent");
  }

  @Override
  public String authority() {
    return "manual > register > intent";
  }

  @Override
  public List<FacetField> fields() {
    return List.of(
        of(
            "bmc.nic_mode",
            Shape.oneOf("dedicated", "shared", "failover"),
            "管理卡网口模式",
            "Card NIC mode"),
        text("bmc.address", "管理卡地址", "Card address"),
        text("bmc.netmask", "管理卡掩码", "Card netmask"),
        text("bmc.gateway", "管理卡网关", "Card gateway"),
        of("bmc.accounts", Shape.named("name"), "管理卡账号", "Card accounts"),
        of("accounts", Shape.named("name"), "系统账号", "Accounts"));
  }
}
