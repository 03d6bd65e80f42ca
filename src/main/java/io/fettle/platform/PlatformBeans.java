package io.fettle.platform;

import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/** What every room is given: the clock; and the word to the launcher that all is ready. */
@Configuration(proxyBeanMethods = false)
class PlatformBeans {
  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  Ready ready(ObjectProvider<RunFolder> run, ObjectProvider<Settings> settings) {
    return new Ready(run, settings);
  }

  /** Tells the launcher the address once every room is ready. */
  static class Ready {
    private final ObjectProvider<RunFolder> run;
    private final ObjectProvider<Settings> settings;

    Ready(ObjectProvider<RunFolder> run, ObjectProvider<Settings> settings) {
      this.run = run;
      this.settings = settings;
    }

    @EventListener
    void on(ApplicationReadyEvent event) {
      if (!(event.getApplicationContext() instanceof WebServerApplicationContext web)) return;
      WebServer server = web.getWebServer();
      if (server != null)
        settings.ifAvailable(s -> run.ifAvailable(r -> r.ready(s.platform(), server.getPort())));
    }
  }
}
