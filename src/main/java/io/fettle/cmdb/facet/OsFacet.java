package io.fettle.cmdb.facet;

import static io.fettle.cmdb.facet.FacetField.text;

import io.fettle.kernel.Label;
import java.util.List;
import org.springframework.stereotype.Component;

/** The operating system as it runs. */
@Component
class OsFacet implements Facet {
  @Override
  public String name() {
    return "os";
  }

  @Override
  public Label label() {
    return new Label("操作系统", "Operating system");
  }

  @Override
  public String authority() {
    return "host > register > manual";
  }

  @Override
  public List<FacetField> fields() {
    return List.of(
        text("distro", "发行版", "Distribution"),
        text("version", "版本", "Version"),
        text("kernel", "内核", "Kernel"),
        text("boot_id", "启动标识", "Boot id"));
  }
}
