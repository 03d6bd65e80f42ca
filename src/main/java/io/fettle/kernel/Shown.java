package io.fettle.kernel;

/**
 * Remote text made safe to look at: no escape sequence reaches a terminal, no control or
 * direction-changing character a page. It does not replace HTML escaping.
 */
public final class Shown {
  private Shown() {}

  /**
   * Line feeds and tabs stay, a carriage return before a line feed goes, every other control,
   * format and unpaired surrogate character becomes visible as {@code \xHH} or {@code \\u{HHHH}}.
   */
  public static String text(String remote) {
    if (remote.codePoints().allMatch(Shown::plain)) return remote;
    var shown = new StringBuilder(remote.length() + 32);
    for (int i = 0; i < remote.length(); ) {
      int c = remote.codePointAt(i);
      i += Character.charCount(c);
      boolean lineEnd = c == '\r' && i < remote.length() && remote.charAt(i) == '\n';
      if (lineEnd) continue;
      if (plain(c)) shown.appendCodePoint(c);
      else if (c < 0x100) shown.append(String.format("\\x%02x", c));
      else shown.append(String.format("\\u{%x}", c));
    }
    return shown.toString();
  }

  /** As {@link #text(String)}, cut to so many characters with an ellipsis. */
  public static String text(String remote, int most) {
    if (remote.length() <= most) return text(remote);
    int end = Character.isHighSurrogate(remote.charAt(most - 1)) ? most - 1 : most;
    return text(remote.substring(0, end)) + "…";
  }

  private static boolean plain(int c) {
    if (c == '\n' || c == '\t') return true;
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> false;
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
      default -> true;
    };
  }
}
