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
 * @param heartbeat how often at least a row is kept of what stays OK
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
    Duration heartbeat,
    Duration retention,
    String collector,
    String checks) {
  private static final Duration VISITS_LATE = Duration.ofHours(1);

  /** What is current has a row within this time. */
  Duration reach() {
    return heartbeat.plus(VISITS_LATE);
  }

  static MonitoringSettings defaults(boolean lab) {
    if (lab)
      return new MonitoringSettings(
          Duration.ofSeconds(5),
          Duration.ofSeconds(1),
          2,
          3,
          64,
          Duration.ofSeconds(20),
          Duration.ofDays(1),
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
        Duration.ofDays(1),
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
      @Nullable Duration heartbeat,
      @Nullable Duration retention,
      @Nullable String collector,
      @Nullable String checks) {

    MonitoringSettings over(MonitoringSettings base) {
      int most = Math.max(1, or(of, base.of));
      Duration kept = or(retention, base.retention);
      return new MonitoringSettings(
          interval == null ? base.interval : interval,
          or(retryInterval, base.retryInterval),
          Math.clamp(or(bad, base.bad), 1, most),
          most,
          Math.max(1, or(concurrency, base.concurrency)),
          or(visitLimit, base.visitLimit),
          bounded(or(heartbeat, base.heartbeat), kept.dividedBy(2)),
          kept,
          or(collector, base.collector),
          or(checks, base.checks));
    }

    /** A row must be there for as long as what it says is true. */
    private static Duration bounded(Duration heartbeat, Duration most) {
      Duration least = Duration.ofMinutes(1);
      if (heartbeat.compareTo(most) > 0) heartbeat = most;
      return heartbeat.compareTo(least) < 0 ? least : heartbeat;
    }

    private static <T> T or(@Nullable T given, T base) {
      return Optional.ofNullable(given).orElse(base);
    }
  }
}
