package io.fettle.remediation;

import io.fettle.cmdb.Register;
import io.fettle.fault.FaultId;
import io.fettle.kernel.AssetId;
import io.fettle.remediation.action.BulkLeases;
import io.fettle.support.FakeDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The real leases and budgets, small: six machines changed at once in all, three of them by jobs.
 */
public final class TestLeases {
  public static final int JOBS = 3;

  private final JdbcClient jdbc;
  private final JobPermitTable jobs;
  private final PermitTable permits;
  private final Clock clock;

  public TestLeases(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.jobs = new JobPermitTable(jdbc);
    this.permits = new PermitTable(jdbc);
    this.clock = clock;
  }

  static RemediationSettings settings(int concurrent, int count, int perRack) {
    RemediationSettings base = Rig.settings();
    return new RemediationSettings(
        base.sweep(),
        base.lease(),
        base.margin(),
        base.doubt(),
        base.handOver(),
        base.inFlight(),
        concurrent,
        count,
        Duration.ofHours(1),
        0.5,
        perRack,
        base.jobsCommands(),
        base.lemon(),
        base.reload(),
        base.conf(),
        base.haste(),
        base.settle(),
        base.ok());
  }

  public BulkLeases leases(Register register) {
    return new ManyLeases(
        new PolicyTable(jdbc),
        new RunTable(jdbc),
        new LeaseTable(jdbc),
        new JobPermits(permits, jobs, register, settings(2 * JOBS, 10_000, 5), clock),
        new FakeDatabase(),
        clock);
  }

  /** Places of the repairs' budget that jobs have now. */
  public int places() {
    return jobs.held(JobPermits.GLOBAL, clock.instant());
  }

  /** A repair takes a place of the budget. */
  public void repair(long fault) {
    permits.lock(java.util.List.of(JobPermits.GLOBAL));
    permits.hold(JobPermits.GLOBAL, new FaultId(fault), clock.instant());
  }

  public void repaired(long fault) {
    permits.release(new FaultId(fault));
  }

  /** A repair has this machine until then. */
  public void occupy(AssetId machine, Instant until) {
    if (permits.take(machine, "repair", clock.instant(), until).isEmpty())
      throw new IllegalStateException("somebody has " + machine);
  }
}
