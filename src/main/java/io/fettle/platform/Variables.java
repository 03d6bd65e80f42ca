package io.fettle.platform;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Environment variables that begin with FETTLE_: one that nothing reads is a misspelt one. */
final class Variables {
  /** Those that are no settings of a room. */
  private static final Set<String> OWN =
      Set.of(
          "FETTLE_HOME",
          "FETTLE_CONF",
          "FETTLE_PORT",
          "FETTLE_LISTEN",
          "FETTLE_DB_URL",
          "FETTLE_DB_USER",
          "FETTLE_DB_PASSWORD",
          "FETTLE_LAB",
          "FETTLE_HEAP",
          "FETTLE_LAB_HEAP",
          "FETTLE_JAVA_HOME",
          "FETTLE_JAVA_OPTS",
          "FETTLE_URL",
          "FETTLE_TOKEN",
          "FETTLE_CA",
          "FETTLE_ADMIN_PASSWORD",
          "FETTLE_MASTER_KEY",
          "FETTLE_BACKUP_KEY",
          Upgrade.NO_BACKUP,
          "FETTLE_NO_TRAINING",
          "FETTLE_TRAINING");

  private static final String BENCH = "FETTLE_BENCH_";

  private Variables() {}

  /**
   * @throws StartRefused when a variable is read by nothing, naming the nearest one that is
   */
  static void check(Map<String, String> environment, KnownKeys keys) {
    Optional<String> strange =
        environment.keySet().stream()
            .filter(name -> name.startsWith("FETTLE_") && !name.startsWith(BENCH))
            .filter(name -> !OWN.contains(name) && !keys.readsVariable(name))
            .min(Comparator.naturalOrder());
    if (strange.isEmpty()) return;
    throw new StartRefused(
        "The environment holds %s, which nothing reads; did you mean %s?"
            .formatted(strange.get(), nearest(strange.get(), keys)));
  }

  private static String nearest(String name, KnownKeys keys) {
    return Stream.concat(OWN.stream(), keys.all().stream().map(key -> variable(key.name())))
        .min(
            Comparator.<String>comparingInt(known -> KnownKeys.distance(name, known))
                .thenComparing(Comparator.naturalOrder()))
        .orElse("FETTLE_HOME");
  }

  /** How Spring spells a key as a variable. */
  private static String variable(String key) {
    return key.replace("-", "").replace('.', '_').toUpperCase(java.util.Locale.ROOT);
  }
}
