package io.fettle.monitoring;

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
}
