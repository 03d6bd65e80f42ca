package io.fettle.backup;

import java.time.Duration;
import java.util.Map;
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
 * @param targets places off this machine that each of them is brought to, by name
 */
@ConfigurationProperties("fettle.backup")
record BackupSettings(
    @Nullable String folder,
    @DefaultValue("6h") Duration interval,
    @DefaultValue("28") int keep,
    @DefaultValue("7d") Duration verifyInterval,
    @DefaultValue Map<String, TargetSettings> targets) {
  BackupSettings {
    targets = Map.copyOf(targets);
    targets.forEach(Target::of);
  }

  /** The places, by name. */
  java.util.List<Target> places() {
    return targets.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> Target.of(entry.getKey(), entry.getValue()))
        .toList();
  }
}
