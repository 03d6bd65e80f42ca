package io.fettle.backup;

import io.fettle.backup.Manifest.Head;
import io.fettle.kernel.PrivateFile;
import io.fettle.platform.BeforeUpgrade;
import io.fettle.platform.StartRefused;
import io.fettle.platform.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** The backup that a newer Fettle takes of the older one's data before it changes anything. */
public final class UpgradeBackup {
  /** Names the last of them in FETTLE_HOME. */
  static final String SAVED = "upgrade.saved";

  private UpgradeBackup() {}

  /**
   * Takes it unless an earlier try of the same upgrade did, to the folder of the scheduled ones;
   * gives its id and folder in words.
   */
  public static String take(
      Environment environment, @Nullable EmbeddedPostgres own, Consumer<String> progress) {
    Path home = Path.of(environment.getProperty("fettle.home", "data")).toAbsolutePath();
    try {
      Optional<OutsideServer> other = OutsideServer.of(environment);
      Taking.Database database = own == null ? outside(other) : Taking.Database.own(own);
      BackupSettings settings =
          Binder.get(environment).bindOrCreate("fettle.backup", BackupSettings.class);
      Path folder = Backups.folder(home, settings);
      String step = environment.getProperty(BeforeUpgrade.STEP, "") + " " + folder;
      Optional<String> before = before(home, folder, step);
      if (before.isPresent()) return before.get() + " in " + folder;
      if (!folder.startsWith(home) && wasUsed(own, other, folder)) Shelf.requireStill(folder);
      Shelf.make(folder);
      List<Path> spared = own == null ? List.of(folder) : List.of(folder, own.folder());
      HomeFiles files = new HomeFiles(home, Configuration.of(environment), spared);
      Taking taking =
          new Taking(
              database, files, BackupKey.of(home), Backups.version(), Clock.systemUTC(), true);
      Head head = taking.into(folder, told(progress)).head();
      PrivateFile.write(home.resolve(SAVED), step + "\n" + head.id());
      return head.id() + " in " + folder;
    } catch (BackupRefused e) {
      throw refused(e.why().en(), e);
    } catch (IOException | SQLException e) {
      throw refused(String.valueOf(e.getMessage()), e);
    }
  }

  /** The one that an earlier try of the same step took of the same data. */
  private static Optional<String> before(Path home, Path folder, String step) throws IOException {
    List<String> lines = saved(home);
    if (step.startsWith(" ") || lines.isEmpty() || !lines.getFirst().equals(step))
      return Optional.empty();
    return new Shelf(folder)
        .heads().stream().map(Head::id).filter(lines.get(1)::equals).findFirst();
  }

  /** Id of the last one that was taken from here. */
  static Optional<String> last(Path home) throws IOException {
    return saved(home).stream().skip(1).findFirst();
  }

  private static List<String> saved(Path home) throws IOException {
    Path file = home.resolve(SAVED);
    if (!Files.isReadable(file)) return List.of();
    List<String> lines = Files.readAllLines(file);
    return lines.size() < 2 ? List.of() : lines;
  }

  private static boolean wasUsed(
      @Nullable EmbeddedPostgres own, Optional<OutsideServer> other, Path folder)
      throws SQLException {
    try (Connection database =
        own == null
            ? other.orElseThrow().open()
            : DriverManager.getConnection(own.url(), own.user(), own.password())) {
      return BackupTable.wasUsed(database, folder);
    }
  }

  private static Taking.Database outside(Optional<OutsideServer> server) {
    return server
        .map(Taking.Database::outside)
        .orElseThrow(() ->
            new BackupRefused(
                "数据库由其管理者备份（backup.outside.enabled: false），请先请他们备份",
                "those who run this database back it up (backup.outside.enabled: false): let them do so first"));
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
