package io.fettle.lab.shell;

/** Pattern matching of sh: {@code * ? [a-z] [!a]} and backslash for a literal character. */
final class Glob {
  private Glob() {}

  static boolean matches(String pattern, String text) {
    return matches(pattern, 0, text, 0);
  }

  private static boolean matches(String p, int i, String t, int k) {
    while (i < p.length()) {
      char c = p.charAt(i);
      if (c == '*') {
        for (int n = t.length(); n >= k; n--) if (matches(p, i + 1, t, n)) return true;
        return false;
      }
      if (k >= t.length()) return false;
      if (c == '[') {
        int close = p.indexOf(']', i + 2);
        if (close > 0) {
          if (!inside(p.substring(i + 1, close), t.charAt(k))) return false;
          i = close + 1;
          k++;
          continue;
        }
      }
      if (c == '\\' && i + 1 < p.length()) c = p.charAt(++i);
      else if (c == '?') c = t.charAt(k);
      if (c != t.charAt(k)) return false;
      i++;
      k++;
    }
    return k == t.length();
  }

  private static boolean inside(String set, char c) {
    boolean not = set.startsWith("!") || set.startsWith("^");
    boolean found = false;
    for (int i = not ? 1 : 0; i < set.length(); i++) {
      if (set.startsWith("[:", i)) {
        int end = set.indexOf(":]", i);
        String name = end < 0 ? "" : set.substring(i + 2, end);
        found |=
            switch (name) {
              case "digit" -> Character.isDigit(c);
              case "alpha" -> Character.isLetter(c);
              case "alnum" -> Character.isLetterOrDigit(c);
              case "space" -> Character.isWhitespace(c);
              default -> false;
            };
        if (end > 0) i = end + 1;
      } else if (i + 2 < set.length() && set.charAt(i + 1) == '-') {
        found |= c >= set.charAt(i) && c <= set.charAt(i + 2);
        i += 2;
      } else {
        found |= set.charAt(i) == c;
      }
    }
    return found != not;
  }

  /** Escapes every character that means something in a pattern. */
  static String quote(String text) {
    StringBuilder out = new StringBuilder();
    for (char c : text.toCharArray()) {
      if ("*?[]\\".indexOf(c) >= 0) out.append('\\');
      out.append(c);
    }
    return out.toString();
  }
}
