package io.fettle.backup;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Backups of Fettle itself.
 *
 * @param folder where the scheduled ones go; absent: {@code backups} below FETTLE_HOME
 * @param interval time between two of them
 * @param keep so many of the newest are kept, and always the newest that was proven
 * @param verifyInterval time between two proofs
 */
@ConfigurationProperties("fettle.backup")
record BackupSettings(
    @Nullable String folder,
    @DefaultValue("6h") Duration interval,
    @DefaultValue("28") int keep,
    @DefaultValue("7d") Duration verifyInterval) {}
