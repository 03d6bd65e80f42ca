package io.fettle.lab.shell;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** POSIX regular expressions, basic and extended, in Java's words. */
final class Regex {
  private record Key(String text, boolean extended, boolean fixed, boolean ignoreCase) {}

  private static final Map<Key, Pattern> KNOWN = Recent.of(512);

  private Regex() {}

  /**
   * @throws PatternSyntaxException when it is none
   */
  static Pattern of(String text, boolean extended, boolean fixed, boolean ignoreCase) {
    return KNOWN.computeIfAbsent(
        new Key(text, extended, fixed, ignoreCase),
        k ->
            Pattern.compile(
                fixed ? Pattern.quote(text) : java(text, extended),
                ignoreCase ? Pattern.CASE_INSENSITIVE : 0));
  }

  private static String java(String text, boolean extended) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '[') {
        i = bracket(text, i, out);
      } else if (c == '\\' && i + 1 < text.length()) {
        char n = text.charAt(++i);
        if (!extended && "(){}|+?".indexOf(n) >= 0) out.append(n);
        else out.append('\\').append(n);
      } else if (!extended && "(){}|+?".indexOf(c) >= 0) {
        out.append('\\').append(c);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Copies a bracket expression; answers where it ends. Inside, only {@code ^ - ]} are special. */
  private static int bracket(String text, int open, StringBuilder out) {
    int i = open + 1;
    out.append('[');
    if (i < text.length() && text.charAt(i) == '^') {
      out.append('^');
      i++;
    }
    int first = i;
    for (; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ']' && i > first) {
        out.append(']');
        return i;
      }
      int end = text.startsWith("[:", i) ? text.indexOf(":]", i) : -1;
      if (end > 0) {
        out.append(named(text.substring(i + 2, end)));
        i = end + 1;
      } else if (c == '\\' && i + 1 < text.length() && "tn\\/]".indexOf(text.charAt(i + 1)) >= 0) {
        out.append('\\').append(text.charAt(++i));
      } else {
        if ("[&\\]".indexOf(c) >= 0) out.append('\\');
        out.append(c);
      }
    }
    throw new PatternSyntaxException("Unmatched [", text, open);
  }

  private static String named(String name) {
    return switch (name) {
      case "space" -> "\\s";
      case "blank" -> " \\t";
      case "digit" -> "0-9";
      case "alpha" -> "a-zA-Z";
      case "alnum" -> "a-zA-Z0-9";
      case "upper" -> "A-Z";
      case "lower" -> "a-z";
      case "xdigit" -> "0-9A-Fa-f";
      case "punct" -> "\\p{Punct}";
      case "cntrl" -> "\\p{Cntrl}";
      default -> throw new PatternSyntaxException("Invalid character class name", name, 0);
    };
  }
}
