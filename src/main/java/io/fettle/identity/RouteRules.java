package io.fettle.identity;

import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.web.Allow;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * The one place where a request is let through or not. It asks the dispatcher's own mappings which
 * method will answer and reads that method's {@link Allow}; a method without a rule is refused for
 * everybody. Only handlers that are not ours have their rule here, by path.
 */
@Component
class RouteRules implements AuthorizationManager<RequestAuthorizationContext> {
  /** Routes of libraries, which cannot carry the annotation. */
  static final Map<String, Rule> FOREIGN =
      Map.of(
          "/metrics", Rule.of(Role.OPERATOR, Role.AUDITOR),
          "/v3/api-docs", Rule.SIGNED_IN,
          "/v3/api-docs.yaml", Rule.SIGNED_IN);

  private final ApplicationContext context;
  private volatile @Nullable List<HandlerMapping> mappings;

  RouteRules(ApplicationContext context) {
    this.context = context;
  }

  @Override
  public AuthorizationDecision authorize(
      Supplier<? extends Authentication> authentication, RequestAuthorizationContext asked) {
    Optional<Viewer> viewer =
        authentication.get() instanceof SignedIn signedIn
            ? Optional.of(signedIn.viewer())
            : Optional.empty();
    return new AuthorizationDecision(rule(asked.getRequest()).allows(viewer));
  }

  /** The rule of the handler that the dispatcher will choose for this request. */
  Rule rule(HttpServletRequest request) {
    try {
      return rule(handler(request), request.getRequestURI());
    } catch (Exception e) {
      // No handler takes it (method, media type): the dispatcher says the same in words, to people.
      return Rule.SIGNED_IN;
    }
  }

  /** The rule of a handler; {@link Rule#NOBODY} when it has none. */
  static Rule rule(@Nullable Object handler, String path) {
    if (handler instanceof HandlerMethod method) {
      Rule rule = declared(method);
      return rule == Rule.NOBODY ? FOREIGN.getOrDefault(path, Rule.NOBODY) : rule;
    }
    if (handler == null || handler instanceof ResourceHttpRequestHandler) return Rule.SIGNED_IN;
    return Rule.NOBODY;
  }

  private static Rule declared(HandlerMethod method) {
    Allow allow = AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), Allow.class);
    if (allow == null)
      allow = AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), Allow.class);
    return allow != null && Rule.says(allow) ? Rule.of(allow) : Rule.NOBODY;
  }

  private @Nullable Object handler(HttpServletRequest request) throws Exception {
    if (!ServletRequestPathUtils.hasParsedRequestPath(request))
      ServletRequestPathUtils.parseAndCache(request);
    for (HandlerMapping mapping : mappings()) {
      HandlerExecutionChain chain = mapping.getHandler(request);
      if (chain != null) return chain.getHandler();
    }
    return null;
  }

  private List<HandlerMapping> mappings() {
    List<HandlerMapping> known = mappings;
    if (known != null) return known;
    List<HandlerMapping> found =
        new ArrayList<>(
            BeanFactoryUtils.beansOfTypeIncludingAncestors(
                    context, HandlerMapping.class, true, false)
                .values());
    AnnotationAwareOrderComparator.sort(found);
    mappings = found;
    return found;
  }
}
