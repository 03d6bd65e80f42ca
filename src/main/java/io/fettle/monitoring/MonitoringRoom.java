package io.fettle.monitoring;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Wires the room's settings: what is given over what the profile (real fleet or lab) says. */
@Configuration(proxyBeanMethods = false)
class MonitoringRoom {
  @Bean
  MonitoringSettings monitoringSettings(Environment environment) {
    boolean lab = environment.getProperty("fettle.lab", Boolean.class, false);
    return Binder.get(environment)
        .bindOrCreate("fettle.monitoring", MonitoringSettings.Given.class)
        .over(MonitoringSettings.defaults(lab));
  }

  @Bean
  Schedule schedule() {
    return new Schedule();
  }

  /** On one node at a time, and not again at every start. */
  @Bean
  RecurringTask<Void> observationRetention(Retention retention) {
    return Tasks.recurring("observation-retention", FixedDelay.ofHours(1))
        .execute((instance, context) -> retention.drop());
  }
}
