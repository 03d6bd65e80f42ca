package io.fettle.lab.shell;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A value in awk: a number, a string, or input, which is a number too when it looks like one. */
record AwkCell(String text, double number, boolean numeric) {
  static final AwkCell UNSET = new AwkCell("", 0, true);
  private static final Pattern FRONT =
      Pattern.compile("\\s*([+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)");

  static AwkCell of(double number) {
    return new AwkCell(shown(number), number, true);
  }

  static AwkCell of(boolean truth) {
    return of(truth ? 1 : 0);
  }

  static AwkCell string(String text) {
    return new AwkCell(text, front(text), false);
  }

  /** A field or another piece of input. */
  static AwkCell input(String text) {
    Matcher m = FRONT.matcher(text);
    boolean looksLikeNumber = m.lookingAt() && text.substring(m.end()).isBlank();
    return new AwkCell(text, front(text), looksLikeNumber);
  }

  private static double front(String text) {
    Matcher m = FRONT.matcher(text);
    return m.lookingAt() ? Double.parseDouble(m.group(1)) : 0;
  }

  private static String shown(double n) {
    return n == Math.rint(n) && Math.abs(n) < 1e16 ? Long.toString((long) n) : general(n, 6);
  }

  /** As C's {@code %.Ng}. */
  static String general(double n, int digits) {
    if (n == 0) return "0";
    String e = String.format(Locale.ROOT, "%." + Math.max(0, digits - 1) + "e", n);
    int exponent = Integer.parseInt(e.substring(e.indexOf('e') + 1));
    if (exponent < -4 || exponent >= digits)
      return e.substring(0, e.indexOf('e')).replaceAll("\\.?0+$", "") + e.substring(e.indexOf('e'));
    String plain = String.format(Locale.ROOT, "%." + (digits - 1 - exponent) + "f", n);
    return plain.contains(".") ? plain.replaceAll("\\.?0+$", "") : plain;
  }

  boolean truth() {
    return numeric ? number != 0 : !text.isEmpty();
  }

  /** By number when both are numbers, else by text. */
  static int compare(AwkCell a, AwkCell b) {
    return a.numeric && b.numeric ? Double.compare(a.number, b.number) : a.text.compareTo(b.text);
  }
}
