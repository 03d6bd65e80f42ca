package io.fettle.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fettle.kernel.Label;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.LocaleResolver;
import tools.jackson.databind.json.JsonMapper;

/** Says no: programs get problem details, people the sign-in page or a page in words. */
@Component
class Refusals implements AuthenticationEntryPoint, AccessDeniedHandler {
  private static final String BASIC = "Basic realm=\"Fettle: any name, a token as the password\"";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Label NOT_SIGNED_IN = new Label("请先登录", "Sign in first, or send a token");
  private static final Label BAD_TOKEN =
      new Label("令牌无效、已过期或已吊销", "The token is unknown, expired or revoked");
  private static final Label FORBIDDEN = new Label("您的角色不允许这样做", "Your role does not allow this");
  private static final Label STALE =
      new Label("页面已过期，请刷新后重试", "The page is out of date: reload it and try again");
  private static final Label CHANGE_FIRST =
      new Label("请先修改管理员设置的密码", "Change the password that an administrator set first");
  private static final Label UNAVAILABLE =
      new Label("数据库暂时无响应，稍后重试", "The database does not answer; try again shortly");

  private final LocaleResolver locales;

  Refusals(LocaleResolver locales) {
    this.locales = locales;
  }

  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException why)
      throws IOException {
    if (isPage(request)) {
      toSignIn(request, response);
      return;
    }
    response.setHeader("WWW-Authenticate", TokenFilter.isGit(request) ? BASIC : "Bearer");
    problem(request, response, 401, "not-signed-in", NOT_SIGNED_IN);
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException why)
      throws IOException {
    if (why instanceof CsrfException && request.getRequestURI().equals("/sign-in"))
      response.sendRedirect("/sign-in?stale");
    else if (isPage(request)) response.sendError(403);
    else
      problem(
          request, response, 403, "forbidden", why instanceof CsrfException ? STALE : FORBIDDEN);
  }

  void badToken(HttpServletRequest request, HttpServletResponse response) throws IOException {
    response.setHeader(
        "WWW-Authenticate", TokenFilter.isGit(request) ? BASIC : "Bearer error=\"invalid_token\"");
    problem(request, response, 401, "bad-token", BAD_TOKEN);
  }

  void changeFirst(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (isPage(request)) response.sendRedirect(AfterSignIn.PASSWORD);
    else problem(request, response, 403, "password-must-change", CHANGE_FIRST);
  }

  void unavailable(HttpServletRequest request, HttpServletResponse response) throws IOException {
    response.setHeader("Retry-After", "5");
    if (isPage(request)) response.sendError(503);
    else problem(request, response, 503, "unavailable", UNAVAILABLE);
  }

  private static void toSignIn(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String to = "/sign-in";
    String query = request.getQueryString();
    String here = request.getRequestURI() + (query == null ? "" : "?" + query);
    if (request.getMethod().equals("GET") && !here.equals("/") && here.length() < 2_000)
      to += "?to=" + URLEncoder.encode(here, UTF_8);
    if (request.getHeader("HX-Request") == null) {
      response.sendRedirect(to);
      return;
    }
    response.setStatus(401);
    response.setHeader("HX-Redirect", "/sign-in");
  }

  /** True when a person's browser asks; a token, the API and anything unusual is a program. */
  private static boolean isPage(HttpServletRequest request) {
    String path = request.getRequestURI();
    if (path.startsWith("/api/") || path.equals("/metrics") || path.startsWith("/v3/"))
      return false;
    if (TokenFilter.isGit(request)) return false;
    if (TokenFilter.carriesToken(request)) return false;
    String accept = request.getHeader("Accept");
    boolean html = accept != null && accept.contains("text/html");
    return html || request.getHeader("HX-Request") != null;
  }

  private void problem(
      HttpServletRequest request,
      HttpServletResponse response,
      int status,
      String slug,
      Label title)
      throws IOException {
    response.setStatus(status);
    if (TokenFilter.isGit(request)) {
      response.setContentType("text/plain;charset=UTF-8");
      byte[] line = (title.in(locales.resolveLocale(request)) + "\n").getBytes(UTF_8);
      response.getOutputStream().write(line);
      return;
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "urn:fettle:problem:" + slug);
    body.put("title", title.in(locales.resolveLocale(request)));
    body.put("status", status);
    body.put("instance", request.getRequestURI());
    body.put("errors", List.of());
    response.setContentType("application/problem+json");
    response.getOutputStream().write(JSON.writeValueAsBytes(body));
  }
}
