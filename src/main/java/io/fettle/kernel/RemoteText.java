package io.fettle.kernel;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes text that came from a machine fit to be stored: no NUL, no half surrogate, bounded. Pages
 * still have to escape it.
 */
public final class RemoteText {
  private static final int DEPTH = 8;
  private static final int ITEMS = 200;

  private RemoteText() {}

  /**
   * The text without what a database cannot hold, at most {@code limit} characters, with '…' where
   * it was cut.
   */
  public static String cut(String text, int limit) {
    String clean = clean(text.length() > limit + 1 ? text.substring(0, limit + 1) : text);
    if (clean.length() <= limit) return clean;
    int end = Character.isHighSurrogate(clean.charAt(limit - 1)) ? limit - 1 : limit;
    return clean.substring(0, end) + "…";
  }

  /** A JSON-like map with every text in it cut to {@code limit}, lists and depth bounded. */
  public static Map<String, Object> safe(Map<String, ?> map, int limit) {
    return map(map, limit, DEPTH);
  }

  private static Map<String, Object> map(Map<?, ?> map, int limit, int depth) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (out.size() >= ITEMS) break;
      Object value = value(entry.getValue(), limit, depth - 1);
      if (value != null) out.put(cut(String.valueOf(entry.getKey()), 200), value);
    }
    return out;
  }

  private static @Nullable Object value(@Nullable Object value, int limit, int depth) {
    return switch (value) {
      case null -> null;
      case Boolean flag -> flag;
      case Double d when !Double.isFinite(d) -> d.toString();
      case Float f when !Float.isFinite(f) -> f.toString();
      case Number number -> number;
      case Map<?, ?> map when depth > 0 -> map(map, limit, depth);
      case Collection<?> list when depth > 0 -> list(list, limit, depth);
      case byte[] bytes -> hex(bytes, limit);
      default -> cut(value.toString(), limit);
    };
  }

  private static List<Object> list(Collection<?> list, int limit, int depth) {
    return list.stream()
        .limit(ITEMS)
        .map(item -> value(item, limit, depth - 1))
        .<Object>map(item -> item == null ? "" : item)
        .toList();
  }

  private static String hex(byte[] bytes, int limit) {
    StringBuilder text = new StringBuilder();
    IntStream.range(0, Math.min(bytes.length, limit / 3))
        .forEach(i -> text.append(i == 0 ? "" : " ").append("%02x".formatted(bytes[i] & 0xff)));
    return bytes.length > limit / 3 ? text.append(" …").toString() : text.toString();
  }

  private static String clean(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) return rebuilt(text);
    }
    return text;
  }

  private static String rebuilt(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .filter(c -> c != 0)
        .forEach(c -> out.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c));
    return out.toString();
  }
}
