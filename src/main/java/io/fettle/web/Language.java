package io.fettle.web;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.util.WebUtils;

/** Chinese or English: the choice in the cookie, else what the browser asks for, else English. */
@Component("localeResolver")
class Language implements LocaleResolver {
  static final String COOKIE = "fettle_lang";
  static final String THEME_COOKIE = "fettle_theme";

  @Override
  public Locale resolveLocale(HttpServletRequest request) {
    String chosen = cookie(request, COOKIE).orElseGet(() -> request.getLocale().getLanguage());
    if (request.getHeader("Accept-Language") == null && cookie(request, COOKIE).isEmpty())
      return Locale.ENGLISH;
    return "zh".equals(chosen) ? Locale.SIMPLIFIED_CHINESE : Locale.ENGLISH;
  }

  @Override
  public void setLocale(
      HttpServletRequest request, @Nullable HttpServletResponse response, @Nullable Locale locale) {
    throw new UnsupportedOperationException("the language is chosen with POST /look");
  }

  /** light, dark, or empty: as the system says. */
  static Optional<String> theme(HttpServletRequest request) {
    return cookie(request, THEME_COOKIE).filter(t -> t.equals("light") || t.equals("dark"));
  }

  private static Optional<String> cookie(HttpServletRequest request, String name) {
    return Optional.ofNullable(WebUtils.getCookie(request, name)).map(Cookie::getValue);
  }
}
