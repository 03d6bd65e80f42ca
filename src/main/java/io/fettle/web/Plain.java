package io.fettle.web;

/**
 * Text from machines and people as a page may show it: escape codes and marks that turn the reading
 * direction become visible signs. Escaping for HTML comes after, in the template.
 */
final class Plain {
  private Plain() {}

  static String text(String text) {
    for (int i = 0; i < text.length(); i++) if (tricky(text.charAt(i))) return made(text);
    return text;
  }

  private static String made(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!tricky(c)) out.append(c);
      else if (c < 0x20) out.append((char) (0x2400 + c));
      else out.append('\uFFFD');
    }
    return out.toString();
  }

  private static boolean tricky(char c) {
    return (c < 0x20 && c != '\n' && c != '\t' && c != '\r')
        || (c >= 0x7f && c <= 0x9f)
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069)
        || c == 0x200e
        || c == 0x200f;
  }
}
