package io.fettle.web;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Keeps how a person wants pages to look (language, theme) in cookies. */
@Controller
class LookPages {
  private static final Set<String> LANGUAGES = Set.of("zh", "en");
  private static final Set<String> THEMES = Set.of("light", "dark", "auto");

  @Allow(everyone = true)
  @PostMapping("/look")
  ResponseEntity<Void> look(
      @RequestParam(required = false) @Nullable String lang,
      @RequestParam(required = false) @Nullable String theme,
      @RequestParam(defaultValue = "/") String back,
      HttpServletRequest request) {
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.status(HttpStatus.SEE_OTHER).header(HttpHeaders.LOCATION, local(back));
    if (lang != null && LANGUAGES.contains(lang)) keep(answer, Language.COOKIE, lang, request);
    if (theme != null && THEMES.contains(theme))
      keep(answer, Language.THEME_COOKIE, theme, request);
    return answer.build();
  }

  /** Only a path of this server: never an address that a stranger put into a form. */
  static String local(String back) {
    boolean path = back.startsWith("/") && !back.startsWith("//") && !back.startsWith("/\\");
    boolean plain = back.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    return path && plain ? back : "/";
  }

  private static void keep(
      ResponseEntity.BodyBuilder answer, String name, String value, HttpServletRequest request) {
    ResponseCookie cookie =
        ResponseCookie.from(name, value)
            .path("/")
            .maxAge(Duration.ofDays(400))
            .sameSite("Lax")
            .secure(request.isSecure())
            .build();
    answer.header(HttpHeaders.SET_COOKIE, cookie.toString());
  }
}
