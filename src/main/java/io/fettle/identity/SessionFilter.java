package io.fettle.identity;

import io.fettle.kernel.Viewer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.util.Optional;
import org.springframework.dao.DataAccessException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.web.filter.OncePerRequestFilter;

/** Turns what a session remembers into who asks now; ends a session whose person may no longer. */
class SessionFilter extends OncePerRequestFilter {
  private final WhoAsks whoAsks;
  private final Refusals refusals;

  SessionFilter(WhoAsks whoAsks, Refusals refusals) {
    this.whoAsks = whoAsks;
    this.refusals = refusals;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Authentication remembered = SecurityContextHolder.getContext().getAuthentication();
    if (remembered != null && remembered.getPrincipal() instanceof Session session) {
      Optional<Viewer> viewer;
      try {
        viewer = whoAsks.of(session);
      } catch (DataAccessException e) {
        refusals.unavailable(request, response);
        return;
      }
      if (viewer.isPresent() && session.mustChange() && !mayBefore(request)) {
        refusals.changeFirst(request, response);
        return;
      }
      if (viewer.isEmpty()) end(request);
      else
        SecurityContextHolder.setContext(
            new SecurityContextImpl(new SignedIn(viewer.get(), () -> whoAsks.of(session))));
    }
    chain.doFilter(request, response);
  }

  /** What a person may do before choosing an own password. */
  private static boolean mayBefore(HttpServletRequest request) {
    String path = request.getRequestURI();
    return path.equals(AfterSignIn.PASSWORD)
        || path.equals("/sign-out")
        || path.equals("/look")
        || path.startsWith("/assets/");
  }

  private static void end(HttpServletRequest request) {
    SecurityContextHolder.clearContext();
    HttpSession open = request.getSession(false);
    if (open != null) open.invalidate();
  }
}
