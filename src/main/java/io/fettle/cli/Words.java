package io.fettle.cli;

import java.util.Locale;

/** Text on its way to a terminal: escaped, measured, cut; in the reader's language. */
final class Words {
  private Words() {}

  static boolean chinese() {
    return "zh".equals(Locale.getDefault().getLanguage());
  }

  static String say(String zh, String en) {
    return chinese() ? zh : en;
  }

  /**
   * Remote text may hold escape codes that move the cursor or retitle the window: control and
   * formatting characters are shown as {@code \\u001b}, never sent.
   */
  static String safe(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (harmless(c)) out.appendCodePoint(c);
          else out.append("\\u%04x".formatted(c));
        });
    return out.toString();
  }

  private static boolean harmless(int c) {
    int type = Character.getType(c);
    return type != Character.CONTROL
        && type != Character.FORMAT
        && type != Character.SURROGATE
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR;
  }

  /** Columns on a terminal: Chinese characters take two, combining marks none. */
  static int width(String text) {
    return text.codePoints().map(Words::width).sum();
  }

  private static int width(int c) {
    if (Character.getType(c) == Character.NON_SPACING_MARK) return 0;
    boolean wide =
        c >= 0x1100
            && (c <= 0x115f
                || c >= 0x2e80 && c <= 0xa4cf
                || c >= 0xac00 && c <= 0xd7a3
                || c >= 0xf900 && c <= 0xfaff
                || c >= 0xfe30 && c <= 0xfe6f
                || c >= 0xff00 && c <= 0xff60
                || c >= 0xffe0 && c <= 0xffe6
                || c >= 0x1f300 && c <= 0x1faff
                || c >= 0x20000 && c <= 0x3fffd);
    return wide ? 2 : 1;
  }

  /** Cut to this many columns, with an ellipsis when something is missing. */
  static String cut(String text, int columns) {
    if (width(text) <= columns) return text;
    StringBuilder out = new StringBuilder();
    int used = 0;
    for (int c : text.codePoints().toArray()) {
      if (used + width(c) > columns - 1) break;
      out.appendCodePoint(c);
      used += width(c);
    }
    return out + "…";
  }
}
