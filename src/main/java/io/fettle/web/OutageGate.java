package io.fettle.web;

import io.fettle.kernel.DatabaseState;
import io.fettle.kernel.Label;
import io.fettle.kernel.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * While the database does not answer, requests that need it are told so at once instead of waiting
 * for it one after the other. What says how Fettle is, and what needs no database, stays open.
 */
@Configuration(proxyBeanMethods = false)
class OutageGate implements HandlerInterceptor, WebMvcConfigurer {
  private static final List<String> OPEN =
      List.of("/health", "/api/v1/status", "/assets/**", "/look", "/live", "/error", "/metrics");

  private final ObjectProvider<DatabaseState> database;

  OutageGate(ObjectProvider<DatabaseState> database) {
    this.database = database;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).excludePathPatterns(OPEN);
  }

  @Override
  public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object to) {
    DatabaseState state = database.getIfAvailable();
    if (state == null || state.answers()) return true;
    throw outage(state.why());
  }

  /** 503 with the reason; nothing was done. */
  static Problem outage(Label why) {
    return new Problem(
        503,
        "unavailable",
        new Label(
            "数据库暂时不可用，没有执行任何操作：" + why.zh(),
            "The database is not available just now, nothing was done: " + why.en()),
        List.of());
  }
}
