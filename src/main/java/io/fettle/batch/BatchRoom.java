package io.fettle.batch;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.fettle.audit.Audit;
import io.fettle.cmdb.Register;
import io.fettle.cmdb.facet.Facet;
import io.fettle.identity.Tokens;
import io.fettle.library.Library;
import io.fettle.monitoring.Maintenance;
import io.fettle.monitoring.Monitoring;
import io.fettle.reach.Reach;
import io.fettle.remediation.Remediation;
import io.fettle.remediation.action.Action;
import io.fettle.remediation.action.BulkLeases;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionOperations;

/** Wires the room. */
@Configuration(proxyBeanMethods = false)
class BatchRoom {
  /** How long a file is kept that was handed in and that no job names. */
  private static final Duration UNUSED = Duration.ofDays(7);

  /** A content younger than this may be about to be named. */
  private static final Duration COMING = Duration.ofDays(1);

  @Bean
  Desk batchDesk(
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
      ObjectProvider<Action> actions,
      Audit audit,
      ApplicationEventPublisher events,
      TransactionOperations transactions,
      BatchSettings settings,
      Clock clock,
      ObjectProvider<Crash> crash) {
    Map<String, Action> byName = new TreeMap<>();
    actions.forEach(action -> byName.put(action.name(), action));
    byName.remove(SavedStep.NAME); // by hand the saved job itself is started
    return new Desk(
        jobs,
        items,
        feed,
        effects,
        views,
        values,
        files,
        register,
        reach,
        maintenance,
        leases,
        byName,
        audit,
        events,
        transactions,
        settings,
        clock,
        crash.getIfAvailable(Crash::none),
        new Bell(),
        "batch-" + UUID.randomUUID());
  }

  @Bean(destroyMethod = "close")
  Engine batchEngine(Desk desk) {
    return new Engine(desk);
  }

  @Bean
  Filling filling(Register register, ObjectProvider<Facet> facets) {
    return new Filling(register, new Variables(facets.stream().toList()));
  }

  @Bean
  Dangers dangers(BatchSettings settings) {
    return new Dangers(settings.dangers());
  }

  @Bean
  Action savedStep(
      SavedTable table,
      Register register,
      Filling filling,
      Dangers dangers,
      BatchSettings settings) {
    return new SavedStep(table, register, filling, dangers, settings.limit());
  }

  @Bean
  JobDesk jobDesk(
      Desk desk,
      Engine engine,
      Tokens tokens,
      Library library,
      Filling filling,
      Dangers dangers,
      Monitoring monitoring) {
    return new JobDesk(desk, engine, dangers, tokens, new Scripts(library), filling, monitoring);
  }

  @Bean
  Jobs jobs(Desk desk, JobDesk deeds) {
    return new StoredJobs(desk, deeds);
  }

  @Bean
  SavedDesk savedJobs(
      Desk desk, JobDesk deeds, SavedTable table, Tokens tokens, Remediation remediation) {
    return new SavedDesk(desk, deeds, table, tokens, remediation);
  }

  @Bean
  Turns turns(Desk desk, SavedDesk saved, SavedTable table) {
    return new Turns(desk, saved, table);
  }

  /** Old jobs and files; on one node at a time. */
  @Bean
  RecurringTask<Void> batchTidy(
      Engine engine, FileStore store, FileTable files, Remediation remediation, Clock clock) {
    return Tasks.recurring("batch-tidy", FixedDelay.ofHours(1))
        .execute((instance, context) -> {
          engine.tidy();
          List<String> steps =
              remediation.uses(FilePut.NAME).stream()
                  .map(use -> String.valueOf(use.params().get("file")))
                  .toList();
          files.forget(clock.instant().minus(UNUSED), steps);
          store.tidy(clock.instant().minus(COMING), files::isNamed);
        });
  }
}
