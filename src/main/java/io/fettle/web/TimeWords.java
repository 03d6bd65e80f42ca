package io.fettle.web;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Times and durations as people say them, in both languages. */
public final class TimeWords {
  private TimeWords() {}

  /** How long ago (or until): {@code 3 秒前}, {@code 2 min ago}, {@code in 4 h}. */
  public static String ago(Instant at, Instant now, Locale locale) {
    boolean zh = "zh".equals(locale.getLanguage());
    Duration passed = Duration.between(at, now);
    if (passed.abs().toSeconds() < 1) return zh ? "刚刚" : "just now";
    String span = rough(passed.abs(), zh);
    if (passed.isNegative()) return zh ? span + "后" : "in " + span;
    return zh ? span + "前" : span + " ago";
  }

  /** A measured duration: {@code 2 分 58 秒}, {@code 2 min 58 s}, {@code 0.4 s}. */
  public static String lasted(Duration span, Locale locale) {
    boolean zh = "zh".equals(locale.getLanguage());
    long seconds = span.toSeconds();
    if (seconds < 10) return String.format(Locale.ROOT, "%.1f", span.toMillis() / 1000.0) + s(zh);
    if (seconds < 60) return seconds + s(zh);
    if (seconds < 3600) return two(seconds / 60, min(zh), seconds % 60, s(zh));
    if (seconds < 86_400) return two(seconds / 3600, h(zh), seconds / 60 % 60, min(zh));
    return two(seconds / 86_400, d(zh), seconds / 3600 % 24, h(zh));
  }

  private static String rough(Duration span, boolean zh) {
    long seconds = span.toSeconds();
    if (seconds < 60) return seconds + s(zh);
    if (seconds < 3600) return seconds / 60 + (zh ? " 分钟" : " min");
    if (seconds < 86_400) return seconds / 3600 + (zh ? " 小时" : " h");
    if (seconds < 60 * 86_400L) return seconds / 86_400 + d(zh);
    return seconds / (30 * 86_400L) + (zh ? " 个月" : " months");
  }

  private static String two(long big, String bigUnit, long small, String smallUnit) {
    return big + bigUnit + (small == 0 ? "" : " " + small + smallUnit);
  }

  private static String s(boolean zh) {
    return zh ? " 秒" : " s";
  }

  private static String min(boolean zh) {
    return zh ? " 分" : " min";
  }

  private static String h(boolean zh) {
    return zh ? " 小时" : " h";
  }

  private static String d(boolean zh) {
    return zh ? " 天" : " d";
  }
}
