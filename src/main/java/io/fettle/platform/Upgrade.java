package io.fettle.platform;

import io.fettle.platform.postgres.EmbeddedPostgres;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.StandardEnvironment;

/**
 * Brings the database to what this build needs. One that is in use is backed up first; a migration
 * that fails changes nothing, so that the version before starts on its data again.
 */
record Upgrade(Settings settings, RunFolder run, BeforeUpgrade before) {
  /** Set, an upgrade takes no backup: {@code ./fettle up --no-backup}. */
  static final String NO_BACKUP = "FETTLE_NO_BACKUP";

  /** The database as the rooms will see it. */
  record Where(@Nullable EmbeddedPostgres own, Map<String, Object> properties) {}

  void run(DataSource database, Where where) {
    List<String> pending = Migrations.pending(database);
    String saved = pending.isEmpty() ? "" : save(where, Migrations.lastAtWork(database));
    run.say("starting migrating the database");
    try {
      Migrations.run(database);
    } catch (Migrations.Failed e) {
      throw pending.isEmpty() ? e : failed(e, saved);
    }
  }

  private String save(Where where, String lastAtWork) {
    if (!System.getenv().getOrDefault(NO_BACKUP, "").isBlank()) return "";
    String what = "starting backup before the upgrade";
    run.say(what);
    Map<String, Object> first = new LinkedHashMap<>(where.properties());
    first.put("fettle.home", settings.home().toString());
    first.put("fettle.conf", settings.conf().toString());
    first.put(BeforeUpgrade.STEP, lastAtWork);
    StandardEnvironment environment = new StandardEnvironment();
    Settings.addTo(environment, first, settings.values());
    return before.save(environment, where.own(), step -> run.say(what + ": " + step));
  }

  private static StartRefused failed(Migrations.Failed e, String saved) {
    return new StartRefused(
        "The upgrade failed ("
            + e.getMessage()
            + "). The database is as it was: start the version before this one again."
            + (saved.isEmpty() ? "" : " A backup from just before is " + saved + "."),
        e);
  }
}
