package io.fettle.cli;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/** Instants in the reader's zone. */
final class Times {
  private static final DateTimeFormatter SHORT =
      DateTimeFormatter.ofPattern("MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

  private Times() {}

  /** Reads an instant, or a local date with or without a time of day in the reader's zone. */
  static Instant instant(String text) {
    String plain = text.strip().replace(' ', 'T');
    try {
      if (plain.length() == 10)
        return LocalDate.parse(plain).atStartOfDay(ZoneId.systemDefault()).toInstant();
      return plain.matches(".*(Z|[+-][0-9]{2}:?[0-9]{2})")
          ? OffsetDateTime.parse(plain).toInstant()
          : LocalDateTime.parse(plain).atZone(ZoneId.systemDefault()).toInstant();
    } catch (DateTimeParseException e) {
      throw Refused.because(
          Words.say(
              "看不懂时间 '" + text + "'；应为 2026-11-22T09:30",
              "'" + text + "' is no time; it should be like 2026-11-22T09:30"));
    }
  }

  /** Month to second; what is no instant stays as it is. */
  static String shortly(String instant) {
    try {
      return SHORT.format(Instant.parse(instant));
    } catch (DateTimeParseException e) {
      return instant;
    }
  }
}
