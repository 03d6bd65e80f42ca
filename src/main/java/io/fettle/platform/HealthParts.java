package io.fettle.platform;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.fettle.kernel.DatabaseState;
import io.fettle.kernel.Label;
import io.fettle.web.HealthPart;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataAccessException;

/** The platform's own parts of the health page. */
@Configuration(proxyBeanMethods = false)
class HealthParts {
  private static final long LOW_DISK = 1L << 30;
  private static final double FULL_HEAP = 0.92;
  private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(2);

  /** A named look; what it throws is an answer too. */
  private interface Look {
    HealthPart.State now() throws IOException;
  }

  private static HealthPart part(String name, Look look) {
    return new HealthPart() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public State check() {
        try {
          return look.now();
        } catch (IOException | DataAccessException e) {
          return State.bad("无法检查：" + e.getMessage(), "cannot look: " + e.getMessage());
        }
      }
    };
  }

  @Bean
  HealthPart databasePart(DatabaseState database) {
    return part("database", () -> new HealthPart.State(database.up(), database.why()));
  }

  @Bean
  HealthPart diskPart(Environment environment) {
    Path home = Path.of(environment.getProperty("fettle.home", "."));
    return part("disk", () -> disk(Files.exists(home) ? home : Path.of(".")));
  }

  private static HealthPart.State disk(Path home) throws IOException {
    FileStore store = Files.getFileStore(home);
    long free = store.getUsableSpace() >> 20;
    String zh = home + " 所在磁盘剩余 " + free + " MB";
    String en = free + " MB free on the disk of " + home;
    return free << 20 >= LOW_DISK
        ? HealthPart.State.fine(zh, en)
        : HealthPart.State.bad(zh + "，请清理", en + "; free some");
  }

  @Bean
  HealthPart schedulerPart(
      ObjectProvider<Scheduler> scheduler, PulseTable table, DatabaseState database) {
    return part("scheduler", () -> scheduler(scheduler, table, database));
  }

  private static HealthPart.State scheduler(
      ObjectProvider<Scheduler> scheduler, PulseTable table, DatabaseState database) {
    if (!database.up()) return HealthPart.State.bad("等待数据库", "waits for the database");
    Scheduler running = scheduler.getIfAvailable();
    if (running == null || !running.getSchedulerState().isStarted())
      return HealthPart.State.bad("定时任务没有启动", "timed work is not running");
    long overdue = table.overdue();
    return overdue == 0
        ? HealthPart.State.fine("没有逾期的定时任务", "no timed work is overdue")
        : HealthPart.State.bad(
            overdue + " 个定时任务逾期超过一分钟", overdue + " timed tasks are more than a minute late");
  }

  @Bean
  HealthPart memoryPart() {
    return part("memory", HealthParts::memory);
  }

  /** What the last full collection could not free, which is what really is in use. */
  private static HealthPart.State memory() {
    long used = 0;
    long max = Runtime.getRuntime().maxMemory();
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage kept = pool.getCollectionUsage();
      if (pool.getType() == MemoryType.HEAP && kept != null && pool.getName().contains("Old")
          || pool.getName().contains("Tenured") && kept != null) {
        used = kept.getUsed();
        max = kept.getMax() > 0 ? kept.getMax() : max;
      }
    }
    long mega = max >> 20;
    String zh = "长期占用 " + (used >> 20) + " / " + mega + " MB";
    String en = (used >> 20) + " of " + mega + " MB in lasting use";
    return used < max * FULL_HEAP
        ? HealthPart.State.fine(zh, en)
        : HealthPart.State.bad(zh + "；请调大 FETTLE_HEAP", en + "; raise FETTLE_HEAP");
  }

  @Bean
  HealthPart clockPart(DatabaseWatch watch) {
    return part("clock", () -> clock(watch.ahead()));
  }

  private static HealthPart.State clock(Duration ahead) {
    String seconds = "%.1f".formatted(ahead.toMillis() / 1000.0);
    boolean near = ahead.abs().compareTo(CLOCK_DIFFERENCE) <= 0;
    Label why =
        new Label(
            "与数据库相差 " + seconds + " 秒" + (near ? "" : "；请检查 NTP"),
            seconds + " s from the database's clock" + (near ? "" : "; check NTP on both"));
    return new HealthPart.State(near, why);
  }
}
