package io.fettle.platform;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.fettle.kernel.CannotStart;
import io.fettle.platform.postgres.EmbeddedPostgres;
import io.fettle.platform.postgres.HomeLock;
import io.fettle.platform.postgres.Recovery;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A start, step by step: settings, the folder's lock, PostgreSQL, migrations, Spring. Each step
 * either succeeds or refuses with one sentence that says what to do.
 */
public final class Startup {
  private final Settings settings;
  private final RunFolder run;
  private final HomeLock lock;
  private @Nullable EmbeddedPostgres postgres;
  private @Nullable ConfigurableApplicationContext spring;

  private Startup(Settings settings) {
    this.settings = settings;
    this.lock = HomeLock.take(settings.home());
    this.run = RunFolder.in(settings.home());
  }

  /** Starts the server of this process and returns once it is ready; a refusal ends the process. */
  public static void main(Class<?> application, BeforeUpgrade before, String[] arguments) {
    quieten();
    Startup startup;
    try {
      startup = new Startup(Settings.load(System.getenv()));
    } catch (StartRefused e) {
      System.err.println("fettle: " + e.sentence());
      System.exit(1);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(startup::stop, "stop"));
    try {
      startup.start(application, before, arguments);
    } catch (StartRefused e) {
      startup.refuse(e.sentence());
    } catch (Exception e) {
      startup.refuse(sentence(startup.settings, e));
    }
  }

  private void start(Class<?> application, BeforeUpgrade before, String[] arguments)
      throws IOException {
    if (Files.exists(settings.home().resolve(Recovery.UNFINISHED)))
      throw new StartRefused(
          "A restore into "
              + settings.home()
              + " was not finished; run './fettle restore' for it again.");
    run.begin();
    System.setProperty("logging.file.name", settings.home().resolve("log/fettle.log").toString());
    Database database = database();
    new Upgrade(settings, run, before).run(database.source(), own(database));
    Purpose.check(database.source(), settings.lab());
    run.say("starting the server");
    Map<String, Object> first = new LinkedHashMap<>(Web.properties(settings));
    first.putAll(database.properties(settings.platform().poolSize()));
    first.put("fettle.home", settings.home().toString());
    first.put("fettle.conf", settings.conf().toString());
    SpringApplication app = new SpringApplication(application);
    app.setRegisterShutdownHook(false);
    app.addInitializers(context -> {
      Settings.addTo(context.getEnvironment(), first, settings.values());
      context.getBeanFactory().registerSingleton("settings", settings);
      context.getBeanFactory().registerSingleton("runFolder", run);
      EmbeddedPostgres own = postgres;
      if (own != null) context.getBeanFactory().registerSingleton("embeddedPostgres", own);
    });
    spring = app.run(arguments);
    if (System.getenv("FETTLE_TRAINING") != null) Training.visitAndEnd(spring);
  }

  private Upgrade.Where own(Database database) {
    return new Upgrade.Where(postgres, database.properties(settings.platform().poolSize()));
  }

  private Database database() {
    String url = settings.platform().databaseUrl();
    if (url != null) return Database.outside(url, settings.platform());
    EmbeddedPostgres own =
        EmbeddedPostgres.start(
            settings.home(), EmbeddedPostgres.Options.usual(what -> run.say("starting " + what)));
    postgres = own;
    return new Database(own.url(), own.user(), own.password());
  }

  /** Where the tables are. */
  private record Database(String url, String user, String password) {
    static Database outside(String url, PlatformSettings settings) {
      String jdbc = url.startsWith("jdbc:") ? url : "jdbc:" + url;
      Database database =
          new Database(
              jdbc.replaceFirst("^jdbc:postgres:", "jdbc:postgresql:"),
              Optional.ofNullable(settings.databaseUser()).orElse(""),
              Optional.ofNullable(settings.databasePassword()).orElse(""));
      OutsideDatabase.check(database.source(), url);
      return database;
    }

    PGSimpleDataSource source() {
      PGSimpleDataSource source = new PGSimpleDataSource();
      source.setUrl(url);
      if (!user.isEmpty()) source.setUser(user);
      if (!password.isEmpty()) source.setPassword(password);
      source.setConnectTimeout(10);
      source.setTcpKeepAlive(true);
      return source;
    }

    Map<String, Object> properties(int poolSize) {
      return Map.of(
          "spring.datasource.url",
          url,
          "spring.datasource.username",
          user,
          "spring.datasource.password",
          password,
          "spring.datasource.hikari.maximum-pool-size",
          poolSize);
    }
  }

  private void refuse(String sentence) {
    run.say("failed " + sentence);
    System.err.println("fettle: " + sentence);
    System.exit(1);
  }

  private static String sentence(Settings settings, Exception e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof CannotStart refused) return String.valueOf(refused.getMessage());
      if (t instanceof PortInUseException inUse)
        return "Port %d on %s is taken by another program; choose one with --port or FETTLE_PORT."
            .formatted(inUse.getPort(), settings.platform().listen());
    }
    LoggerFactory.getLogger(Startup.class).error("start failed", e);
    return "The start failed (" + e + "); the log says more.";
  }

  private synchronized void stop() {
    if (spring != null) spring.close();
    if (postgres != null) postgres.close();
    run.stopped();
    lock.close();
  }

  /** Until Spring sets up logging, only what matters is said. */
  private static void quieten() {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
  }
}
