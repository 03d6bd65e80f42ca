package io.fettle.remediation;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.fettle.audit.Audit;
import io.fettle.cmdb.Register;
import io.fettle.fault.FaultChapter;
import io.fettle.fault.Faults;
import io.fettle.kernel.DatabaseState;
import io.fettle.monitoring.Monitoring;
import io.fettle.reach.Reach;
import io.fettle.remediation.action.Action;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.transaction.support.TransactionOperations;

/** Wires the room. */
@Configuration(proxyBeanMethods = false)
class RemediationRoom {
  @Bean
  RemediationSettings remediationSettings(Environment environment) {
    return Binder.get(environment)
        .bindOrCreate("fettle.remediation", RemediationSettings.Given.class)
        .over(RemediationSettings.defaults(lab(environment)));
  }

  @Bean
  Shelf shelf(Register register, ObjectProvider<Action> actions, RemediationSettings settings) {
    return new Shelf(
        register,
        byName(actions.stream().toList()),
        new PolicyReader(register, settings),
        new PolicyFiles(settings.conf()));
  }

  @Bean
  Modes modes(PolicyTable policies, Environment environment) {
    return new Modes(policies, lab(environment));
  }

  @Bean
  Desk desk(
      Faults faults,
      Monitoring monitoring,
      Register register,
      Reach reach,
      Shelf shelf,
      PolicyTable policies,
      PlanTable plans,
      RunTable runs,
      AttemptTable attempts,
      PermitTable permits,
      JobPermitTable jobPermits,
      RemediationSettings settings,
      TransactionOperations transactions,
      Clock clock,
      DatabaseState database,
      ObjectProvider<Crash> crash,
      Audit audit) {
    return new Desk(
        faults,
        monitoring,
        register,
        reach,
        shelf,
        policies,
        plans,
        runs,
        attempts,
        permits,
        new Permits(permits, jobPermits, settings),
        settings,
        transactions,
        clock,
        database,
        crash.getIfAvailable(Crash::none),
        audit,
        "node-" + UUID.randomUUID());
  }

  @Bean
  Engine engine(Desk desk, Modes modes) {
    return new Engine(desk, Work.onVirtualThreads(desk.settings().inFlight()), modes);
  }

  /** Old debits of budgets; on one node at a time. */
  @Bean
  RecurringTask<Void> budgetTidy(Engine engine) {
    return Tasks.recurring("budget-tidy", FixedDelay.ofMinutes(10))
        .execute((instance, context) -> engine.tidy());
  }

  @Bean
  Remediation remediation(Desk desk, Modes modes, Audit audit, ApplicationEventPublisher events) {
    return new Repairs(desk, modes, audit, events);
  }

  @Bean
  FaultChapter runChapter(PlanTable plans, RunTable runs, AttemptTable attempts) {
    return new RunChapter(plans, runs, attempts);
  }

  static Map<String, Action> byName(List<Action> actions) {
    Map<String, Action> byName = new LinkedHashMap<>();
    for (Action action : actions)
      if (byName.put(action.name(), action) != null)
        throw new IllegalStateException("two actions are called " + action.name());
    return byName;
  }

  private static boolean lab(Environment environment) {
    return environment.getProperty("fettle.lab", Boolean.class, false);
  }
}
