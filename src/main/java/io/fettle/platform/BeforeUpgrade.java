package io.fettle.platform;

import io.fettle.platform.postgres.EmbeddedPostgres;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** Saves everything before a newer Fettle changes the database. Runs before any room does. */
@FunctionalInterface
public interface BeforeUpgrade {
  /**
   * Property that names the step to be made: from the database as the version before left it to
   * this build. One that is tried again needs no second backup. Empty: not known.
   */
  String STEP = "fettle.upgrade.step";

  /**
   * Saves it.
   *
   * @param settings with {@code fettle.home}, {@code fettle.conf} and where the database is
   * @param own the database when Fettle runs it itself
   * @param progress hears in a few words how far it is
   * @return where it lies, for the message of an upgrade that fails
   * @throws StartRefused when it cannot be saved; the upgrade does not begin then
   */
  String save(Environment settings, @Nullable EmbeddedPostgres own, Consumer<String> progress);
}
