package io.fettle.pack.self;

import io.fettle.kernel.Label;
import io.fettle.kernel.Severity;
import io.fettle.web.HealthPart;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Is Fettle backed up, is the backup proven, and does each place elsewhere have it? */
@Component
class BackupCheck extends PartCheck {
  BackupCheck(ObjectProvider<HealthPart> parts) {
    super(parts, "backup", Severity.CRITICAL);
  }

  @Override
  public String name() {
    return "fettle.backup";
  }

  @Override
  public Label label() {
    return new Label("Fettle 的备份", "Fettle's backup");
  }

  @Override
  boolean kin(String name) {
    return name.startsWith("backup_target_");
  }
}
