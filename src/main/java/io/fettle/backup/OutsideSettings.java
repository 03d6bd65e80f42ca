package io.fettle.backup;

import io.fettle.platform.postgres.Programs;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a PostgreSQL that somebody else runs is backed up.
 *
 * @param enabled false where those who run it do that themselves
 * @param programs folder with {@code pg_basebackup} and its like; absent: the usual folders and
 *     PATH
 * @param user role with the attribute REPLICATION; absent: Fettle's own
 * @param password of that role
 * @param timeLimit how long one copy may take
 */
record OutsideSettings(
    @DefaultValue("true") boolean enabled,
    @Nullable String programs,
    @Nullable String user,
    @Nullable String password,
    @DefaultValue("6h") Duration timeLimit) {
  static OutsideSettings usual() {
    return new OutsideSettings(true, null, null, null, Duration.ofHours(6));
  }

  /** Those of this machine. */
  Programs found() {
    String folder = programs;
    return new Programs(folder == null || folder.isBlank() ? null : Path.of(folder));
  }

  /** Never with the password: settings are printed. */
  @Override
  public String toString() {
    return "OutsideSettings[enabled=" + enabled + ", programs=" + programs + ", user=" + user + "]";
  }
}
