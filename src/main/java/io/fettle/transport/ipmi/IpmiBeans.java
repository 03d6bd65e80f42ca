package io.fettle.transport.ipmi;

import io.fettle.transport.LabGuard;
import java.io.IOException;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the client from the settings. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IpmiSettings.class)
class IpmiBeans {
  @Bean
  LanIpmi ipmi(IpmiSettings settings, LabGuard guard) throws IOException {
    return new LanIpmi(settings, guard);
  }
}
