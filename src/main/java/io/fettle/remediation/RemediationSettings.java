package io.fettle.remediation;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings {@code fettle.remediation.*}, resolved.
 *
 * @param sweep how often work is looked for by state
 * @param lease how long after an attempt was written its first byte may still leave
 * @param margin what a take-over waits beyond that and the action's time limit
 * @param doubt how long an UNCERTAIN attempt is probed before a person gets it
 * @param handOver how long a fault that a person has to get waits first, so that the many faults of
 *     one cause can be seen as a storm
 * @param inFlight repairs worked on at the same time by this node
 * @param globalConcurrent machines under repair at once, over all policies
 * @param globalCount repairs begun within {@code globalWindow}, over all policies
 * @param jobsShare how much of both actions in jobs may have
 * @param jobsPerRack machines of one rack that actions in jobs and repairs may have at once for a
 *     job to go on there
 * @param jobsCommands machines on which commands and scripts of all jobs run at once
 * @param lemon so many proven repairs of the same fault within 30 days and a person gets it; 0
 *     means never
 * @param reload how often the files in conf are looked at
 * @param conf folder that holds {@code policies} and {@code runbooks} of this site
 * @param haste divides every duration written in a policy; only the lab hurries
 * @param settle overrides every policy's settle time
 * @param ok overrides every policy's number of OK readings
 */
record RemediationSettings(
    Duration sweep,
    Duration lease,
    Duration margin,
    Duration doubt,
    Duration handOver,
    int inFlight,
    int globalConcurrent,
    int globalCount,
    Duration globalWindow,
    double jobsShare,
    int jobsPerRack,
    int jobsCommands,
    int lemon,
    Duration reload,
    Path conf,
    int haste,
    @Nullable Duration settle,
    @Nullable Integer ok) {
  RemediationSettings {
    positive("sweep", sweep);
    positive("lease", lease);
    positive("doubt", doubt);
    positive("global-window", globalWindow);
    positive("reload", reload);
    atLeast("in-flight", inFlight, 1);
    atLeast("global-concurrent", globalConcurrent, 1);
    atLeast("global-count", globalCount, 1);
    atLeast("jobs-per-rack", jobsPerRack, 1);
    atLeast("jobs-commands", jobsCommands, 1);
    atLeast("haste", haste, 1);
    atLeast("lemon", lemon, 0);
    if (!(jobsShare > 0 && jobsShare < 1))
      throw new IllegalArgumentException(
          "fettle.remediation.jobs-share must be above 0 and below 1");
  }

  /**
   * What a real fleet, or the lab, starts from. In the lab an hour of a policy is three minutes.
   */
  static RemediationSettings defaults(boolean lab) {
    Path conf = Path.of("conf");
    if (lab)
      return new RemediationSettings(
          Duration.ofMillis(500),
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          Duration.ofMinutes(1),
          Duration.ofSeconds(6),
          64,
          20,
          2_000,
          Duration.ofHours(1),
          0.5,
          5,
          512,
          0,
          Duration.ofSeconds(5),
          conf,
          20,
          Duration.ofSeconds(3),
          1);
    return new RemediationSettings(
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        Duration.ofMinutes(10),
        Duration.ofMinutes(1),
        64,
        20,
        200,
        Duration.ofHours(1),
        0.5,
        5,
        512,
        3,
        Duration.ofSeconds(5),
        conf,
        1,
        null,
        null);
  }

  /** A policy's duration in this site's time; at least one second. */
  Duration hurry(Duration written) {
    Duration d = written.dividedBy(haste);
    return d.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : d;
  }

  private static void positive(String key, Duration value) {
    if (value.isNegative() || value.isZero())
      throw new IllegalArgumentException("fettle.remediation." + key + " must be positive");
  }

  private static void atLeast(String key, int value, int least) {
    if (value < least)
      throw new IllegalArgumentException(
          "fettle.remediation." + key + " must be " + least + " or more");
  }

  /**
   * What the configuration says; what it leaves out comes from the profile's defaults.
   *
   * @param sweep how often work is looked for by state
   * @param lease how long after an attempt was written its first byte may still leave
   * @param margin what a take-over waits beyond that and the action's time limit
   * @param doubt how long an UNCERTAIN attempt is probed before a person gets it
   * @param handOver how long a fault that a person has to get waits first, for a storm to be seen
   * @param inFlight repairs worked on at the same time by this node
   * @param globalConcurrent machines under repair at once, over all policies
   * @param globalCount repairs begun within global-window, over all policies
   * @param globalWindow see global-count
   * @param jobsShare how much of both actions in jobs may have
   * @param jobsPerRack machines of one rack that actions in jobs and repairs may have at once for a
   *     job to go on there
   * @param jobsCommands machines on which commands and scripts of all jobs run at once
   * @param lemon so many proven repairs of the same fault within 30 days and a person gets it; 0:
   *     never
   * @param reload how often the files in conf are looked at
   * @param conf folder that holds policies and runbooks of this site
   * @param haste divides every duration written in a policy; only the lab hurries
   * @param settle overrides every policy's settle time
   * @param ok overrides every policy's number of OK readings
   */
  @ConfigurationProperties("fettle.remediation")
  record Given(
      @Nullable Duration sweep,
      @Nullable Duration lease,
      @Nullable Duration margin,
      @Nullable Duration doubt,
      @Nullable Duration handOver,
      @Nullable Integer inFlight,
      @Nullable Integer globalConcurrent,
      @Nullable Integer globalCount,
      @Nullable Duration globalWindow,
      @Nullable Double jobsShare,
      @Nullable Integer jobsPerRack,
      @Nullable Integer jobsCommands,
      @Nullable Integer lemon,
      @Nullable Duration reload,
      @Nullable Path conf,
      @Nullable Integer haste,
      @Nullable Duration settle,
      @Nullable Integer ok) {
    RemediationSettings over(RemediationSettings base) {
      return new RemediationSettings(
          or(sweep, base.sweep),
          or(lease, base.lease),
          or(margin, base.margin),
          or(doubt, base.doubt),
          or(handOver, base.handOver),
          or(inFlight, base.inFlight),
          or(globalConcurrent, base.globalConcurrent),
          or(globalCount, base.globalCount),
          or(globalWindow, base.globalWindow),
          or(jobsShare, base.jobsShare),
          or(jobsPerRack, base.jobsPerRack),
          or(jobsCommands, base.jobsCommands),
          or(lemon, base.lemon),
          or(reload, base.reload),
          or(conf, base.conf),
          or(haste, base.haste),
          settle == null ? base.settle : settle,
          ok == null ? base.ok : ok);
    }

    private static <T> T or(@Nullable T given, T base) {
      return Optional.ofNullable(given).orElse(base);
    }
  }
}
