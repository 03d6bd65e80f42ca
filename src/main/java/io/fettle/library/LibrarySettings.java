package io.fettle.library;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the script library.
 *
 * @param review whether somebody else must look before main moves
 * @param packLimit largest push
 * @param fileLimit largest file in a push
 * @param concurrent Git conversations at once
 * @param timeLimit longest time one conversation may take
 * @param sweep how often the repository is compared with what was recorded of it, with its export
 *     and its mirrors
 * @param mirrorRetry after this a mirror that failed is tried again; doubled up to 15 minutes
 * @param mirrorCa PEM file of authorities that mirrors over https are believed by, besides Java's
 */
@ConfigurationProperties("fettle.library")
record LibrarySettings(
    @DefaultValue("auto") Reviewing review,
    @DefaultValue("64MB") DataSize packLimit,
    @DefaultValue("16MB") DataSize fileLimit,
    @DefaultValue("8") int concurrent,
    @DefaultValue("10m") Duration timeLimit,
    @DefaultValue("5s") Duration sweep,
    @DefaultValue("5s") Duration mirrorRetry,
    @Nullable String mirrorCa) {
  /** When a change needs another person; AUTO: as soon as there is another. */
  enum Reviewing {
    AUTO,
    REQUIRED,
    OFF
  }

  LibrarySettings {
    if (packLimit.toBytes() < 1024 || fileLimit.toBytes() < 1024)
      throw new IllegalArgumentException(
          "fettle.library.pack-limit and fettle.library.file-limit must be 1KB or more");
    if (concurrent < 1)
      throw new IllegalArgumentException("fettle.library.concurrent must be 1 or more");
    if (timeLimit.toMillis() < 1000 || sweep.toMillis() < 100 || mirrorRetry.toMillis() < 100)
      throw new IllegalArgumentException(
          "fettle.library.time-limit must be 1s or more, sweep and mirror-retry 100ms or more");
  }
}
