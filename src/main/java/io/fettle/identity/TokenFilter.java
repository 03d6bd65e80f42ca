package io.fettle.identity;

import io.fettle.kernel.Viewer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.web.filter.OncePerRequestFilter;

/** Signs in a request that carries a bearer token; a token that is none is refused at once. */
class TokenFilter extends OncePerRequestFilter {
  private static final String BEARER = "Bearer ";

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
    String text = text(request);
    Optional<Viewer> viewer;
    try {
      viewer = text == null ? Optional.empty() : whoAsks.ofToken(text);
    } catch (DataAccessException e) {
      refusals.unavailable(request, response);
      return;
    }
    if (viewer.isEmpty()) {
      refusals.badToken(request, response);
      return;
    }
    SecurityContextHolder.setContext(new SecurityContextImpl(new SignedIn(viewer.get())));
    chain.doFilter(request, response);
  }

  private static @Nullable String text(HttpServletRequest request) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) return null;
    return header.substring(BEARER.length()).strip();
  }
}
