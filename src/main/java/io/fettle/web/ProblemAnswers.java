package io.fettle.web;

import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;

/** One problem, two faces: {@code application/problem+json} (RFC 9457) or a page. */
@Component
class ProblemAnswers {
  private final Language language;

  ProblemAnswers(Language language) {
    this.language = language;
  }

  Object of(Problem problem, HttpServletRequest request) {
    return wantsPage(request) ? page(problem) : json(problem, request);
  }

  /** What a bare HTTP status means, in words. */
  static Problem ofStatus(int status) {
    return new Problem(status, slug(status), title(status), List.of());
  }

  private static ModelAndView page(Problem problem) {
    ModelAndView view = new ModelAndView("web/problem", Map.of("problem", problem));
    view.setStatus(HttpStatusCode.valueOf(problem.status()));
    return view;
  }

  private ResponseEntity<Map<String, Object>> json(Problem problem, HttpServletRequest request) {
    Locale locale = language.resolveLocale(request);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "urn:fettle:problem:" + problem.slug());
    body.put("title", problem.title().in(locale));
    body.put("status", problem.status());
    body.put("instance", uri(request));
    body.put(
        "errors",
        problem.faults().stream()
            .map(f ->
                Map.of("field", f.field(), "value", f.value(), "reason", f.reason().in(locale)))
            .toList());
    return ResponseEntity.status(problem.status())
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(body);
  }

  private static boolean wantsPage(HttpServletRequest request) {
    if (uri(request).startsWith("/api/")) return false;
    String accept = request.getHeader("Accept");
    return request.getHeader("HX-Request") != null
        || (accept != null && accept.contains("text/html"));
  }

  private static String uri(HttpServletRequest request) {
    Object failed = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    return failed == null ? request.getRequestURI() : failed.toString();
  }

  private static String slug(int status) {
    return switch (status) {
      case 400 -> "bad-request";
      case 401 -> "not-signed-in";
      case 403 -> "forbidden";
      case 404 -> "not-found";
      case 405 -> "method-not-allowed";
      case 413 -> "too-large";
      case 503 -> "unavailable";
      default -> status >= 500 ? "unexpected" : "http-" + status;
    };
  }

  private static Label title(int status) {
    return switch (status) {
      case 400 -> new Label("请求格式不对", "The request cannot be read");
      case 401 -> new Label("请先登录", "Please sign in first");
      case 403 ->
          new Label(
              "您没有权限做这件事，或者页面放得太久：刷新后再试",
              "You may not do this, or the page was open too long: reload and try again");
      case 404 -> new Label("这里什么也没有", "There is nothing here");
      case 405 -> new Label("这个地址不接受这种请求", "This address does not take such a request");
      case 413 -> new Label("上传的内容太大", "What was sent is too large");
      case 415 -> new Label("不认识的内容类型", "Unknown content type");
      case 503 -> new Label("暂时不可用，稍后再试", "Not available just now; try again soon");
      default ->
          status >= 500
              ? new Label("Fettle 内部出错", "Something in Fettle failed")
              : new Label("请求被拒绝（" + status + "）", "The request was refused (" + status + ")");
    };
  }
}
