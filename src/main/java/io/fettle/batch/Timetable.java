package io.fettle.batch;

import io.fettle.kernel.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.CronExpression;

/**
 * When a saved job starts by itself.
 *
 * @param cron minute, hour, day of month, month, day of week; or {@code @daily} and the like
 * @param zone in which these are read
 */
public record Timetable(String cron, ZoneId zone) {
  private static final int MOST_LOOKED_AT = 100_000;

  static Timetable of(String cron, @Nullable String zone) {
    if (zone == null || zone.isBlank())
      throw Problem.badInput(
          "zone", "", "请写明时区，例如 Asia/Shanghai", "name the time zone, such as Asia/Shanghai");
    try {
      Timetable timetable = new Timetable(cron.strip(), ZoneId.of(zone.strip()));
      timetable.expression();
      return timetable;
    } catch (DateTimeException e) {
      throw Problem.badInput("zone", cut(zone), "没有这个时区", "there is no such time zone");
    } catch (IllegalArgumentException e) {
      throw Problem.badInput(
          "cron",
          cut(cron),
          "写作“分 时 日 月 周”，例如 30 3 * * 1-5",
          "write minute hour day month weekday, such as 30 3 * * 1-5");
    }
  }

  private static String cut(String text) {
    return text.length() > 60 ? text.substring(0, 60) : text;
  }

  private CronExpression expression() {
    boolean named = cron.startsWith("@");
    if (!named && cron.split("\\s+").length != 5) throw new IllegalArgumentException(cron);
    return CronExpression.parse(named ? cron : "0 " + cron);
  }

  /**
   * The first time after this one; empty when there is none any more. Where the clock is changed, a
   * job of fixed hours runs once: a time that is skipped comes as much later, one that comes twice
   * counts the first time. A job of every hour goes by the hours that pass.
   */
  Optional<Instant> next(Instant after) {
    ZonedDateTime from = after.atZone(zone);
    ZonedDateTime next = expression().next(from);
    if (everyHour()) return Optional.ofNullable(next).map(ZonedDateTime::toInstant);
    while (next != null && again(next)) next = expression().next(next);
    ZonedDateTime skipped = skipped(from);
    boolean earlier = skipped != null && (next == null || skipped.isBefore(next));
    return Optional.ofNullable(earlier ? skipped : next).map(ZonedDateTime::toInstant);
  }

  private boolean everyHour() {
    return cron.equals("@hourly") || !cron.startsWith("@") && cron.split("\\s+")[1].contains("*");
  }

  private boolean again(ZonedDateTime time) {
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(time.toLocalDateTime());
    return offsets.size() > 1 && !time.getOffset().equals(offsets.getFirst());
  }

  private @Nullable ZonedDateTime skipped(ZonedDateTime from) {
    LocalDateTime local = expression().next(from.toLocalDateTime());
    boolean gap = local != null && zone.getRules().getValidOffsets(local).isEmpty();
    ZonedDateTime later = gap ? Objects.requireNonNull(local).atZone(zone) : null;
    return later != null && later.isAfter(from) ? later : null;
  }

  /**
   * What has come due.
   *
   * @param latest the last time that is not after now
   * @param missed how many came before it
   * @param next the first that is after now
   */
  record Due(Instant latest, int missed, Optional<Instant> next) {}

  /** Of the times from this one, which is due, up to now. */
  Due due(Instant from, Instant now) {
    Instant latest = from;
    int missed = 0;
    Optional<Instant> next = next(latest);
    while (next.isPresent() && !next.get().isAfter(now) && missed < MOST_LOOKED_AT) {
      latest = next.get();
      missed++;
      next = next(latest);
    }
    return new Due(latest, missed, next.filter(n -> n.isAfter(now)).or(() -> next(now)));
  }
}
