package io.fettle.identity;

import io.fettle.kernel.Viewer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Signs in a request that carries a token; a token that is none is refused at once. Git knows no
 * bearer tokens: below {@code /git/} a token comes as the password of any user name.
 */
class TokenFilter extends OncePerRequestFilter {
  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";
  private static final String GIT = "/git/";

  private final WhoAsks whoAsks;
  private final Refusals refusals;

  TokenFilter(WhoAsks whoAsks, Refusals refusals) {
    this.whoAsks = whoAsks;
    this.refusals = refusals;
  }

  /** True when the request comes with a token; such a request never looks at the session. */
  static boolean carriesToken(HttpServletRequest request) {
    return text(request) != null;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String text = Objects.requireNonNullElse(text(request), "");
    Optional<Viewer> viewer;
    try {
      viewer = whoAsks.ofToken(text);
    } catch (DataAccessException e) {
      refusals.unavailable(request, response);
      return;
    }
    if (viewer.isEmpty()) {
      refusals.badToken(request, response);
      return;
    }
    SecurityContextHolder.setContext(
        new SecurityContextImpl(new SignedIn(viewer.get(), () -> whoAsks.ofToken(text))));
    chain.doFilter(request, response);
  }

  /** True when git asks, which signs in its own way and reads plain text. */
  static boolean isGit(HttpServletRequest request) {
    return request.getRequestURI().startsWith(GIT);
  }

  private static @Nullable String text(HttpServletRequest request) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null) return null;
    if (begins(header, BEARER)) return header.substring(BEARER.length()).strip();
    if (begins(header, BASIC) && isGit(request))
      return password(header.substring(BASIC.length()).strip());
    return null;
  }

  private static boolean begins(String header, String scheme) {
    return header.regionMatches(true, 0, scheme, 0, scheme.length());
  }

  /** What stands behind the colon; empty, which is no token, when it cannot be read. */
  private static String password(String encoded) {
    try {
      String both = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      return both.substring(both.indexOf(':') + 1);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
