package io.fettle.cmdb.facet;

import static io.fettle.cmdb.facet.FacetField.of;
import static io.fettle.cmdb.facet.FacetField.text;

import io.fettle.kernel.Label;
import java.util.List;
import org.springframework.stereotype.Component;

/** How the operating system is reached and which addresses it holds. */
@Component
class NetFacet implements Facet {
  @Override
  public String name() {
    return "net";
  }

  @Override
  public Label label() {
    return new Label("网络", "Network");
  }

  @Override
  public String authority() {
    return "host > register > manual";
  }

  @Override
  public List<FacetField> fields() {
    return List.of(
        text("hostname", "主机名", "Host name").as(KeyKind.HOSTNAME),
        text("address", "地址", "Address").by("manual > register > host").as(KeyKind.IP),
        of("macs", Shape.texts(), "网卡 MAC", "MAC addresses").as(KeyKind.MAC),
        of("ips", Shape.texts(), "IP 地址", "IP addresses").as(KeyKind.IP));
  }
}
