package io.fettle.identity;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;

/** Where the browser goes after a try to sign in. */
final class AfterSignIn {
  static final String PASSWORD = "/account/password";

  private AfterSignIn() {}

  static void welcome(HttpServletRequest request, HttpServletResponse response, Authentication who)
      throws IOException {
    boolean change = who.getPrincipal() instanceof Session session && session.mustChange();
    response.sendRedirect(change ? PASSWORD : inside(request.getParameter("to")));
  }

  static void refuse(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException why)
      throws IOException {
    String query = "?failed";
    if (why instanceof SignIn.Slowed slowed) query = "?wait=" + slowed.seconds();
    if (why instanceof AuthenticationServiceException) query = "?unavailable";
    String to = inside(request.getParameter("to"));
    if (!to.equals("/")) query += "&to=" + URLEncoder.encode(to, StandardCharsets.UTF_8);
    response.sendRedirect("/sign-in" + query);
  }

  /** The address when it lies on this server, else the home page: no door to elsewhere. */
  static String inside(@Nullable String to) {
    if (to == null) return "/";
    boolean ours =
        to.startsWith("/")
            && !to.startsWith("//")
            && to.indexOf('\\') < 0
            && !to.startsWith("/sign-")
            && to.length() < 2_000
            && to.chars().noneMatch(Character::isISOControl);
    return ours ? to : "/";
  }
}
