package io.fettle.batch;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of jobs.
 *
 * @param sweep how often jobs are looked for by state
 * @param holder how long a job stays with a process that is not heard of; then another takes it
 * @param lease how long after an item was written its command may still leave
 * @param leaseWait how long an item waits for a machine that a repair has, before it is skipped
 * @param confirmAbove from more machines than this on their number has to be typed
 * @param machines most machines of one job
 * @param width machines at the same time, unless a job says otherwise
 * @param steps steps, unless a job says otherwise
 * @param stopShare share of failures at which a job waits for a person, unless it says otherwise
 * @param limit time limit on one machine, unless a job says otherwise
 * @param total time limit of a job, unless it says otherwise
 * @param output bytes kept of each stream of each machine
 * @param keep how long ended jobs are kept
 * @param scheduleLate how late a saved job may still start by itself when Fettle was not there in
 *     time; later it is reported as missed
 * @param dangers folder of this site's own dangerous patterns
 */
@ConfigurationProperties("fettle.batch")
record BatchSettings(
    @DefaultValue("1s") Duration sweep,
    @DefaultValue("10s") Duration holder,
    @DefaultValue("30s") Duration lease,
    @DefaultValue("2m") Duration leaseWait,
    @DefaultValue("50") int confirmAbove,
    @DefaultValue("20000") int machines,
    @DefaultValue("64") int width,
    @DefaultValue("1,5,25%,100%") String steps,
    @DefaultValue("0.2") double stopShare,
    @DefaultValue("60s") Duration limit,
    @DefaultValue("2h") Duration total,
    @DefaultValue("256KB") DataSize output,
    @DefaultValue("365d") Duration keep,
    @DefaultValue("15m") Duration scheduleLate,
    @DefaultValue("conf/dangers") Path dangers) {
  /** Machines at the same time that one job may ask for. */
  static final int MOST_WIDTH = 512;

  BatchSettings {
    positive("sweep", sweep);
    positive("holder", holder);
    positive("lease", lease);
    positive("limit", limit);
    positive("total", total);
    positive("keep", keep);
    positive("schedule-late", scheduleLate);
    if (confirmAbove < 0 || machines < 1 || width < 1 || width > MOST_WIDTH || output.toBytes() < 1)
      throw new IllegalArgumentException(
          "fettle.batch: confirm-above must be 0 or more, machines, width (to "
              + MOST_WIDTH
              + ") and output 1 or more");
    Steps.of(steps, machines);
  }

  private static void positive(String key, Duration value) {
    if (value.isNegative() || value.isZero())
      throw new IllegalArgumentException("fettle.batch." + key + " must be positive");
  }
}
