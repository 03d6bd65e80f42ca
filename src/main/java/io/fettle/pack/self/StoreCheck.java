package io.fettle.pack.self;

import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.web.HealthPart;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Can the script library be read, with all that was ever merged? */
@Component
class StoreCheck extends PartCheck {
  StoreCheck(ObjectProvider<HealthPart> parts) {
    super(parts, "library", Severity.CRITICAL);
  }

  @Override
  public String name() {
    return "fettle.library";
  }

  @Override
  public Label label() {
    return new Label("脚本库", "Script library");
  }
}
