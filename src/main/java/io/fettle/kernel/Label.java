package io.fettle.kernel;

import java.util.Locale;

/** A text for people in both interface languages. Plain text, never HTML. */
public record Label(String zh, String en) {
  /** The same text in both languages (a name, a number, a byte string). */
  public static Label same(String text) {
    return new Label(text, text);
  }

  /** The text for this locale: Chinese for {@code zh*}, English for every other. */
  public String in(Locale locale) {
    return "zh".equals(locale.getLanguage()) ? zh : en;
  }
}
