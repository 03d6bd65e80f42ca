package io.fettle.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Backups of Fettle itself.
 *
 * @param folder where the scheduled ones go; absent: {@code backups} below FETTLE_HOME
 * @param interval time between two of them
 * @param keep so many of the newest are kept, and always the newest that was proven
 * @param verifyInterval time between two proofs
 * @param outside how a PostgreSQL that somebody else runs is backed up
 * @param targets places off this machine that each of them is brought to, by name
 */
@ConfigurationProperties("fettle.backup")
record BackupSettings(
    @Nullable String folder,
    @DefaultValue("6h") Duration interval,
    @DefaultValue("28") int keep,
    @DefaultValue("7d") Duration verifyInterval,
    @DefaultValue Map<String, TargetSettings> targets,
    @NestedConfigurationProperty @DefaultValue OutsideSettings outside) {
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

  /**
   * Two that clear away what they do not need must not share a folder. No target is looked at, only
   * its path: one on a share that hangs would hold up whoever asks. What a link there hides is
   * found by {@link TargetCopy}.
   */
  void notATarget(Path folder) {
    for (Target target : places())
      if (!target.overSsh() && isOne(folder, Path.of(target.destination()).normalize()))
        throw new BackupRefused(
            folder + " 已是备份目标 " + target.name() + " 的目录，请另选一个目录。",
            folder
                + " belongs to the backup target "
                + target.name()
                + ", which clears away there what it does not know; name another folder.");
  }

  private static boolean isOne(Path folder, Path target) {
    if (folder.toAbsolutePath().normalize().equals(target)) return true;
    try {
      return folder.toRealPath().equals(target);
    } catch (IOException e) {
      return false;
    }
  }
}
