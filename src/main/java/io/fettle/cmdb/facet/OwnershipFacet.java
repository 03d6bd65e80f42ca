package io.fettle.cmdb.facet;

import static io.fettle.cmdb.facet.FacetField.text;

import io.fettle.kernel.Label;
import java.util.List;
import org.springframework.stereotype.Component;

/** Whose machine it is and what it serves. */
@Component
class OwnershipFacet implements Facet {
  @Override
  public String name() {
    return "ownership";
  }

  @Override
  public Label label() {
    return new Label("归属", "Ownership");
  }

  @Override
  public String authority() {
    return "manual > register";
  }

  @Override
  public List<FacetField> fields() {
    return List.of(
        text("team", "团队", "Team"),
        text("service", "业务", "Service"),
        text("env", "环境", "Environment"),
        text("contact", "业务负责人", "Contact"));
  }
}
