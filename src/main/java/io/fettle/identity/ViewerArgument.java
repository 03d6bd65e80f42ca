package io.fettle.identity;

import io.fettle.kernel.Viewer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Gives a controller's method its {@code Viewer} or {@code Optional<Viewer>}. */
@Configuration(proxyBeanMethods = false)
class ViewerArgument implements HandlerMethodArgumentResolver, WebMvcConfigurer {
  static {
    // Who asks is no parameter of a request: keep it out of the OpenAPI description.
    SpringDocUtils.getConfig().addRequestWrapperToIgnore(Viewer.class);
  }

  private final WhoAsks whoAsks;

  ViewerArgument(WhoAsks whoAsks) {
    this.whoAsks = whoAsks;
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(this);
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.nestedIfOptional().getNestedParameterType() == Viewer.class;
  }

  @Override
  public Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders) {
    Optional<Viewer> viewer = whoAsks.viewer();
    if (parameter.isOptional() && parameter.getParameterType() == Optional.class) return viewer;
    return viewer.orElseThrow(() -> new InsufficientAuthenticationException("nobody asks"));
  }
}
