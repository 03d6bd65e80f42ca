package io.fettle.web;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.ViewResolver;

/**
 * Renders jte templates, precompiled in the build; each gets the model and its {@link Layout} as
 * {@code page}. A page is rendered whole before the first byte leaves, so that a failure in the
 * middle becomes a proper error page.
 */
@Component
class JteViews implements ViewResolver, Ordered {
  private final TemplateEngine engine = TemplateEngine.createPrecompiled(ContentType.Html);
  private final Layouts layouts;

  JteViews(Layouts layouts) {
    engine.setTrimControlStructures(true);
    this.layouts = layouts;
  }

  @Override
  public @Nullable View resolveViewName(String name, Locale locale) {
    if (!engine.hasTemplate(name + ".jte")) return null;
    return (model, request, response) -> render(name, model, request, response);
  }

  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }

  private void render(
      String name,
      @Nullable Map<String, ?> model,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Map<String, Object> params = new HashMap<>();
    if (model != null) params.putAll(model);
    params.keySet().removeIf(key -> key.startsWith("org.springframework"));
    params.put("page", layouts.of(request));
    Utf8ByteOutput output = new Utf8ByteOutput();
    engine.render(name + ".jte", params, output);
    response.setContentType("text/html;charset=UTF-8");
    response.setHeader("Vary", "HX-Request, Cookie, Accept-Language");
    response.setContentLength(output.getContentLength());
    output.writeTo(response.getOutputStream());
  }
}
