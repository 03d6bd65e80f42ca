package io.fettle.batch;

import io.fettle.audit.Audit;
import io.fettle.cmdb.Register;
import io.fettle.kernel.Changed;
import io.fettle.monitoring.Maintenance;
import io.fettle.reach.Reach;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.BulkLeases;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.transaction.support.TransactionOperations;

/**
 * What every part of the room works with.
 *
 * @param bell for those that follow a job
 * @param actions typed actions by name
 * @param node this process, unlike any other; the holder of jobs
 */
record Desk(
    JobTable jobs,
    ItemTable items,
    HeardTable feed,
    EffectTable effects,
    ViewTable views,
    ValueTable values,
    FileTable files,
    Register register,
    Reach reach,
    Maintenance maintenance,
    BulkLeases leases,
    Map<String, Action> actions,
    Audit audit,
    ApplicationEventPublisher events,
    TransactionOperations transactions,
    BatchSettings settings,
    Clock clock,
    Crash crash,
    Bell bell,
    String node) {
  Instant now() {
    return clock.instant();
  }

  /** The job goes on, waits or is over: those that follow it look at once. */
  void changed(JobId job) {
    bell.turned(job);
    told(job);
  }

  /** Open pages look again. */
  void told(JobId job) {
    events.publishEvent(new Changed("job", job.toString()));
  }
}
