package io.fettle.lab.shell;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** {@code date}: the machine's clock in UTC, in the formats scripts ask for. */
final class DateCommand {
  private DateCommand() {}

  static int run(Command.Call call) {
    Instant now = call.host().clock();
    String format = "%a %b %e %H:%M:%S UTC %Y";
    for (int i = 0; i < call.args().size(); i++) {
      String arg = call.args().get(i);
      if (arg.startsWith("+")) format = arg.substring(1);
      if (arg.equals("-d") || arg.startsWith("--date=")) {
        String given = arg.equals("-d") ? call.arg(i + 1, "") : arg.substring(7);
        Instant parsed = parse(given, now);
        if (parsed == null) return call.fail(1, "invalid date '" + given + "'");
        now = parsed;
        if (arg.equals("-d")) i++;
      }
      if (arg.equals("-s") || arg.startsWith("--set"))
        return call.fail(1, "cannot set date: use the time service");
    }
    return Commands.say(call, format(now, format));
  }

  private static @org.jspecify.annotations.Nullable Instant parse(String text, Instant now) {
    try {
      if (text.startsWith("@")) return Instant.ofEpochSecond(Long.parseLong(text.substring(1)));
      if (text.equals("now")) return now;
      if (text.equals("today")) return now;
      if (text.length() == 10) return Instant.parse(text + "T00:00:00Z");
      return Instant.parse(text);
    } catch (NumberFormatException | DateTimeParseException e) {
      return null;
    }
  }

  private static String format(Instant now, String format) {
    ZonedDateTime t = now.atZone(ZoneOffset.UTC);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char f = format.charAt(++i);
      out.append(
          switch (f) {
            case 's' -> Long.toString(now.getEpochSecond());
            case 'N' -> "%09d".formatted(now.getNano());
            case 'F' -> t.format(DateTimeFormatter.ISO_LOCAL_DATE);
            case 'T' -> pattern(t, "HH:mm:ss");
            case 'Y' -> pattern(t, "yyyy");
            case 'm' -> pattern(t, "MM");
            case 'd' -> pattern(t, "dd");
            case 'e' -> "%2d".formatted(t.getDayOfMonth());
            case 'H' -> pattern(t, "HH");
            case 'M' -> pattern(t, "mm");
            case 'S' -> pattern(t, "ss");
            case 'a' -> pattern(t, "EEE");
            case 'b' -> pattern(t, "MMM");
            case 'j' -> pattern(t, "DDD");
            case 'Z' -> "UTC";
            case 'z' -> "+0000";
            case '%' -> "%";
            default -> "%" + f;
          });
    }
    return out.toString();
  }

  private static String pattern(ZonedDateTime t, String pattern) {
    return t.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
  }
}
