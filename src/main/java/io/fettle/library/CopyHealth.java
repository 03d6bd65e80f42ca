package io.fettle.library;

import io.fettle.kernel.Label;
import io.fettle.kernel.RemoteText;
import io.fettle.kernel.Shown;
import io.fettle.web.HealthPart;
import io.fettle.web.TimeWords;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;

/** Whether the library can be read over rsync, and whether it is elsewhere too. */
@Configuration(proxyBeanMethods = false)
class CopyHealth {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int TRIES = 3;
  private static final int LONGEST = 400;

  @Bean
  HealthPart rsyncPart(RsyncDaemon daemon) {
    return new HealthPart() {
      @Override
      public String name() {
        return "library_rsync";
      }

      @Override
      public State check() {
        return new State(daemon.state().ok(), daemon.state().why());
      }
    };
  }

  @Bean
  HealthPart mirrorPart(MirrorTable table, Clock clock) {
    return new HealthPart() {
      @Override
      public String name() {
        return "library_mirrors";
      }

      @Override
      public State check() {
        try {
          return judge(table.all(), clock.instant());
        } catch (DataAccessException e) {
          return State.bad("等待数据库", "waits for the database");
        }
      }

      @Override
      public Map<String, State> each() {
        Map<String, State> each = new TreeMap<>();
        for (Mirror mirror : table.all())
          each.put(mirror.name(), judge(List.of(mirror), clock.instant()));
        return each.isEmpty() ? Map.of("", check()) : each;
      }
    };
  }

  static HealthPart.State judge(List<Mirror> mirrors, Instant now) {
    if (mirrors.isEmpty())
      return HealthPart.State.wanting(
          "没有镜像：这台机器丢失，脚本库就丢失（./fettle mirror put）",
          "no mirror is set up: the library is lost with this machine (./fettle mirror put)");
    List<Mirror> late = mirrors.stream().filter(m -> late(m, now)).toList();
    if (late.isEmpty())
      return HealthPart.State.fine(
          mirrors.size() + " 个镜像都是最新的", "up to date: all of " + mirrors.size());
    return new HealthPart.State(
        false,
        new Label(
            late.stream().map(m -> words(m, now, Locale.CHINESE)).collect(Collectors.joining("；")),
            late.stream()
                .map(m -> words(m, now, Locale.ENGLISH))
                .collect(Collectors.joining("; "))));
  }

  /** A mirror that is tried for the first times after a change is busy, not late. */
  private static boolean late(Mirror mirror, Instant now) {
    Instant since = mirror.behindSince();
    return mirror.failures() >= TRIES
        || since != null && since.plus(PATIENCE).isBefore(now)
        || mirror.done() == null && mirror.failures() > 0;
  }

  private static String words(Mirror mirror, Instant now, Locale locale) {
    Instant since = mirror.behindSince();
    String lag = since == null ? "" : TimeWords.lasted(Duration.between(since, now), locale);
    Label why = mirror.error();
    String error = why == null ? "" : Shown.text(RemoteText.cut(why.in(locale), LONGEST));
    return locale.equals(Locale.CHINESE)
        ? "镜像 " + mirror.name() + " 落后 " + lag + "：" + error
        : "mirror " + mirror.name() + " is behind for " + lag + ": " + error;
  }
}
