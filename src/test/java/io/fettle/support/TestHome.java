package io.fettle.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.FileSystemUtils;

/** Gives a test's server its database, its folder and the administrator's password. */
final class TestHome implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  @Override
  public void initialize(ConfigurableApplicationContext context) {
    try {
      Path home = Files.createTempDirectory("fettle-home-");
      context.addApplicationListener(
          (ApplicationListener<ContextClosedEvent>) closed -> delete(home));
      Map<String, Object> properties =
          Map.of(
              "spring.datasource.url",
              TestPostgres.url(TestPostgres.fresh()),
              "fettle.home",
              home.toString(),
              "fettle.remediation.conf",
              home.resolve("conf").toString(),
              "fettle.remediation.reload",
              "500ms",
              "fettle.admin-password",
              TestServer.ADMIN_PASSWORD);
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(new MapPropertySource("test-home", properties));
      context
          .getBeanFactory()
          .registerSingleton("testServer", new TestServer(home, context.getEnvironment()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path home) {
    try {
      FileSystemUtils.deleteRecursively(home);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
