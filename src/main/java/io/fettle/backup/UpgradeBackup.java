package io.fettle.backup;

import io.fettle.backup.Manifest.Head;
import io.fettle.platform.StartRefused;
import io.fettle.platform.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** The backup that a newer Fettle takes of the older one's data before it changes anything. */
public final class UpgradeBackup {
  private UpgradeBackup() {}

  /** Takes it, to the folder of the scheduled ones; gives its id and folder in words. */
  public static String take(
      Environment environment, @Nullable EmbeddedPostgres own, Consumer<String> progress) {
    Path home = Path.of(environment.getProperty("fettle.home", "data")).toAbsolutePath();
    Path conf = Path.of(environment.getProperty("fettle.conf", "conf/fettle.yml"));
    try {
      if (own == null)
        throw new BackupRefused(
            "数据库不由 Fettle 运行（FETTLE_DB_URL），请先用那台 PostgreSQL 自己的工具备份",
            "Fettle does not run this database (FETTLE_DB_URL): back it up first with that PostgreSQL's own tools");
      BackupSettings settings =
          Binder.get(environment).bindOrCreate("fettle.backup", BackupSettings.class);
      Path folder = Backups.folder(home, settings);
      Files.createDirectories(folder);
      HomeFiles files = new HomeFiles(home, conf.toAbsolutePath(), List.of(folder, own.folder()));
      Taking taking =
          new Taking(own, files, BackupKey.of(home), Backups.version(), Clock.systemUTC());
      Head head = taking.into(folder, told(progress)).head();
      return head.id() + " in " + folder;
    } catch (BackupRefused e) {
      throw refused(e.why().en(), e);
    } catch (IOException | SQLException e) {
      throw refused(String.valueOf(e.getMessage()), e);
    }
  }

  private static Progress told(Consumer<String> progress) {
    String[] last = {""};
    return (step, done, total) -> {
      String words = step.en() + (total == 0 ? "" : " " + 100 * done / total + " %");
      if (words.equals(last[0])) return;
      last[0] = words;
      progress.accept(words);
    };
  }

  private static StartRefused refused(String why, Exception e) {
    return new StartRefused(
        "The backup before the upgrade failed ("
            + why.replaceFirst("\\.$", "")
            + "); nothing was changed. Put that right, or upgrade without one: './fettle up --no-backup'.",
        e);
  }
}
