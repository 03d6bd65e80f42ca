package io.fettle.pack.self;

import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.web.HealthPart;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Is each copy of the script library up to date? */
@Component
class MirrorCheck extends PartCheck {
  MirrorCheck(ObjectProvider<HealthPart> parts) {
    super(parts, "library_mirrors", Severity.WARNING);
  }

  @Override
  public String name() {
    return "fettle.mirror";
  }

  @Override
  public Label label() {
    return new Label("脚本库的镜像", "Mirrors of the script library");
  }
}
