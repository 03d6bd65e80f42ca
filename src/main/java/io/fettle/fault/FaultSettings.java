package io.fettle.fault;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings {@code fettle.fault.*}, resolved.
 *
 * @param okSlots gap-free OK slots that make a fault RECOVERED by itself
 * @param stableFor how long OK must last, without a gap, before RECOVERED becomes CLOSED
 * @param staleIntervals intervals without an observation after which a fault is STALE
 * @param coverage share of bindings that must be fresh; below it the collector is at fault, not the
 *     targets
 * @param decideWithin how long a CONFIRMED fault may stand without a decision
 * @param holdFor how long a fault may be HELD before a person is asked
 * @param staleFor how long a fault may be STALE before a person is asked
 * @param lemonAfter relapses within 30 days after which a fault goes to a person at once
 */
record FaultSettings(
    int okSlots,
    Duration stableFor,
    int staleIntervals,
    double coverage,
    Duration decideWithin,
    Duration holdFor,
    Duration staleFor,
    Duration remind,
    int lemonAfter,
    Flap flap,
    Storm storm) {

  /** A binding whose score, one point per clearing, halved every {@code halfLife}, is this high. */
  record Flap(double score, Duration halfLife) {}

  /** So many faults of one class, and such a share of the machines there, within this time. */
  record Storm(
      int siteFaults,
      double siteShare,
      int rackFaults,
      double rackShare,
      Duration within,
      Duration cooldown) {}

  static FaultSettings defaults(boolean lab) {
    if (lab)
      return new FaultSettings(
          2,
          Duration.ofSeconds(30),
          6,
          0.8,
          Duration.ofMinutes(5),
          Duration.ofMinutes(15),
          Duration.ofMinutes(15),
          Duration.ofDays(1),
          20,
          new Flap(6, Duration.ofMinutes(2)),
          new Storm(20, 0.12, 8, 0.6, Duration.ofMinutes(1), Duration.ofSeconds(45)));
    return new FaultSettings(
        2,
        Duration.ofMinutes(15),
        4,
        0.8,
        Duration.ofMinutes(30),
        Duration.ofHours(4),
        Duration.ofHours(12),
        Duration.ofDays(7),
        3,
        new Flap(4, Duration.ofMinutes(30)),
        new Storm(25, 0.05, 6, 0.4, Duration.ofMinutes(10), Duration.ofMinutes(30)));
  }

  /** What the configuration says; what it leaves out comes from the profile's defaults. */
  @ConfigurationProperties("fettle.fault")
  record Given(
      @Nullable Integer okSlots,
      @Nullable Duration stableFor,
      @Nullable Integer staleIntervals,
      @Nullable Double coverage,
      @Nullable Duration decideWithin,
      @Nullable Duration holdFor,
      @Nullable Duration staleFor,
      @Nullable Duration remind,
      @Nullable Integer lemonAfter,
      @Nullable GivenFlap flap,
      @Nullable GivenStorm storm) {

    FaultSettings over(FaultSettings base) {
      return new FaultSettings(
          or(okSlots, base.okSlots),
          or(stableFor, base.stableFor),
          or(staleIntervals, base.staleIntervals),
          or(coverage, base.coverage),
          or(decideWithin, base.decideWithin),
          or(holdFor, base.holdFor),
          or(staleFor, base.staleFor),
          or(remind, base.remind),
          or(lemonAfter, base.lemonAfter),
          flap == null ? base.flap : flap.over(base.flap),
          storm == null ? base.storm : storm.over(base.storm));
    }
  }

  /** {@code fettle.fault.flap.*} as given. */
  record GivenFlap(@Nullable Double score, @Nullable Duration halfLife) {
    Flap over(Flap base) {
      return new Flap(or(score, base.score), or(halfLife, base.halfLife));
    }
  }

  /** {@code fettle.fault.storm.*} as given. */
  record GivenStorm(
      @Nullable Integer siteFaults,
      @Nullable Double siteShare,
      @Nullable Integer rackFaults,
      @Nullable Double rackShare,
      @Nullable Duration within,
      @Nullable Duration cooldown) {
    Storm over(Storm base) {
      return new Storm(
          or(siteFaults, base.siteFaults),
          or(siteShare, base.siteShare),
          or(rackFaults, base.rackFaults),
          or(rackShare, base.rackShare),
          or(within, base.within),
          or(cooldown, base.cooldown));
    }
  }

  private static <T> T or(@Nullable T given, T base) {
    return Optional.ofNullable(given).orElse(base);
  }
}
