package io.fettle;

import io.fettle.backup.UpgradeBackup;
import io.fettle.platform.Startup;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.modulith.Modulithic;

/** The server process. */
@SpringBootApplication
@ConfigurationPropertiesScan
@Modulithic(
    systemName = "Fettle",
    sharedModules = {"kernel", "audit", "web"})
public class Fettle {
  static void main(String[] args) {
    Startup.main(Fettle.class, UpgradeBackup::take, args);
  }
}
