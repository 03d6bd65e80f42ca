package io.fettle.pack.self;

import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.web.HealthPart;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Is there room where Fettle's database and its backups grow? */
@Component
class RoomCheck extends PartCheck {
  RoomCheck(ObjectProvider<HealthPart> parts) {
    super(parts, "disk", Severity.CRITICAL);
  }

  @Override
  public String name() {
    return "fettle.disk";
  }

  @Override
  public Label label() {
    return new Label("Fettle 的磁盘空间", "Disk space of Fettle");
  }
}
