package io.fettle.monitoring;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings {@code fettle.monitoring.*}, resolved.
 *
 * @param interval of every check; null leaves each check its own
 * @param retryInterval how soon a suspect is looked at again
 * @param bad so many BAD …
 * @param of … of so many of the last slots confirm a fault
 * @param concurrency visits at once
 * @param visitLimit time limit of a visit's exec
 * @param retention how long observations are kept
 * @param collector name of this collector
 */
record MonitoringSettings(
    @Nullable Duration interval,
    Duration retryInterval,
    int bad,
    int of,
    int concurrency,
    Duration visitLimit,
    Duration retention,
    String collector,
    String checks) {

  static MonitoringSettings defaults(boolean lab) {
    if (lab)
      return new MonitoringSettings(
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          2,
          3,
          64,
          Duration.ofSeconds(20),
          Duration.ofDays(2),
          "core",
          "conf/checks");
    return new MonitoringSettings(
        null,
        Duration.ofSeconds(30),
        3,
        4,
        256,
        Duration.ofSeconds(60),
        Duration.ofDays(30),
        "core",
        "conf/checks");
  }

  /** What the configuration says; what it leaves out comes from the profile's defaults. */
  @ConfigurationProperties("fettle.monitoring")
  record Given(
      @Nullable Duration interval,
      @Nullable Duration retryInterval,
      @Nullable Integer bad,
      @Nullable Integer of,
      @Nullable Integer concurrency,
      @Nullable Duration visitLimit,
      @Nullable Duration retention,
      @Nullable String collector,
      @Nullable String checks) {

    MonitoringSettings over(MonitoringSettings base) {
      int most = Math.max(1, or(of, base.of));
      return new MonitoringSettings(
          interval == null ? base.interval : interval,
          or(retryInterval, base.retryInterval),
          Math.clamp(or(bad, base.bad), 1, most),
          most,
          Math.max(1, or(concurrency, base.concurrency)),
          or(visitLimit, base.visitLimit),
          or(retention, base.retention),
          or(collector, base.collector),
          or(checks, base.checks));
    }

    private static <T> T or(@Nullable T given, T base) {
      return Optional.ofNullable(given).orElse(base);
    }
  }
}
