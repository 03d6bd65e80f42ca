package io.fettle.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fettle.kernel.Actor;
import io.fettle.kernel.Role;
import io.fettle.kernel.Viewer;
import io.fettle.support.FettleTest;
import io.fettle.support.TestBrowser;
import io.fettle.support.TestServer;
import io.fettle.support.TestServer.Answer;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/** Every route of the running server has a rule, and the server keeps to it for every role. */
@FettleTest
class RoutesTest {
  @Autowired private ApplicationContext context;
  @Autowired private TestServer server;
  @Autowired private RouteRules rules;

  private String formToken = "";
  private String formCookie = "";

  /** What lets an anonymous form through to the question who may. */
  @BeforeEach
  void openAForm() {
    TestBrowser browser = new TestBrowser(server);
    formToken = browser.get("/sign-in").html().select("input[name=_csrf]").attr("value");
    formCookie = "fettle_csrf=" + browser.cookie("fettle_csrf").orElseThrow().getValue();
  }

  /** One method on one address. */
  private record Route(String method, String pattern, HandlerMethod handler) {
    /** An address that matches: each variable stands for a word or, where it is typed, a number. */
    String path() {
      return pattern.replaceAll("\\{[^/}]*}", "x1");
    }

    @Override
    public String toString() {
      return method + " " + pattern;
    }
  }

  @Test
  void everyRouteHasARule() {
    List<String> without = new ArrayList<>();
    Map<String, Rule> all = new TreeMap<>();
    for (Route route : routes()) {
      Rule rule = RouteRules.rule(route.handler(), route.pattern());
      all.put(route.toString(), rule);
      if (rule.equals(Rule.NOBODY)) without.add(route + " in " + route.handler());
    }

    assertThat(without).as("routes without @Allow").isEmpty();
    assertThat(all).hasSizeGreaterThan(20).containsKey("GET /sign-in").containsKey("GET /metrics");
    assertThat(all.get("POST /people")).isEqualTo(Rule.of(Role.ADMINISTRATOR));
  }

  @Test
  void onlyTheKnownFewNeedNoSignIn() {
    assertThat(routes().stream().filter(r -> RouteRules.rule(r.handler(), r.pattern()).everyone()))
        .extracting(Route::pattern)
        .isSubsetOf("/sign-in", "/assets/{hash}/{name}", "/error", "/look");
  }

  @Test
  void whoMayNotIsRefusedByTheServer() {
    List<String> wrong = new ArrayList<>();
    for (Route route : routes()) {
      Rule rule = RouteRules.rule(route.handler(), route.pattern());
      if (!rule.everyone()) {
        Answer anonymous = send(route, Optional.empty());
        if (anonymous.status() != 401) wrong.add(route + " anonymous: " + anonymous.status());
      }
      for (Role role : Role.values()) {
        if (rule.allows(Optional.of(viewer(role)))) continue;
        Answer answer = send(route, Optional.of(role));
        if (answer.status() != 403) wrong.add(route + " " + role + ": " + answer.status());
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void theRuleAskedIsTheRuleOfTheMethodThatAnswers() {
    List<String> wrong = new ArrayList<>();
    for (Route route : routes()) {
      MockHttpServletRequest request = new MockHttpServletRequest(route.method(), route.path());
      Rule asked = rules.rule(request);
      Rule own = RouteRules.rule(route.handler(), route.pattern());
      boolean another = asked.equals(own) || sharesItsAddress(route);
      if (!another) wrong.add(route + ": " + asked + " instead of " + own);
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void anUnknownAddressNeedsASignInAndIsThenNotFound() {
    assertThat(server.send(null, "GET", "/api/v1/nothing-here", null).status()).isEqualTo(401);
    assertThat(server.get(Role.OWNER, "/api/v1/nothing-here").status()).isEqualTo(404);
    assertThat(server.send(null, "GET", "/actuator/env", null).status()).isEqualTo(401);
    assertThat(server.get(Role.ADMINISTRATOR, "/actuator/env").status()).isEqualTo(404);
    assertThat(server.get(Role.ADMINISTRATOR, "/env").status()).isEqualTo(404);
  }

  @Test
  void metricsAreForOperatorsAndAuditors() {
    assertThat(server.get(Role.AUDITOR, "/metrics").body()).contains("jvm_memory_used_bytes");
    assertThat(server.get(Role.OPERATOR, "/metrics").status()).isEqualTo(200);
    assertThat(server.get(Role.OWNER, "/metrics").status()).isEqualTo(403);
  }

  @Test
  void theDescriptionIsForWhoeverIsSignedInAndDoesNotAskForTheViewer() {
    Answer description = server.get(Role.OWNER, "/v3/api-docs");

    assertThat(description.status()).isEqualTo(200);
    assertThat(description.json().at("/paths").has("/api/v1/tokens")).isTrue();
    assertThat(
            description
                .json()
                .at("/paths/~1api~1v1~1tokens/get/parameters")
                .findValuesAsString("name"))
        .containsExactlyInAnyOrder("cursor", "limit");
    assertThat(server.send(null, "GET", "/v3/api-docs", null).status()).isEqualTo(401);
  }

  /** Two patterns may match the address made here ({@code /people/new} and {@code /people/{x}}). */
  private boolean sharesItsAddress(Route route) {
    return routes().stream()
            .filter(other -> other.method().equals(route.method()))
            .filter(other -> other.path().equals(route.path()))
            .map(other -> RouteRules.rule(other.handler(), other.pattern()))
            .distinct()
            .count()
        > 1;
  }

  private Answer send(Route route, Optional<Role> role) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.uri(route.path())).timeout(Duration.ofSeconds(20));
    role.ifPresent(r -> request.header("Authorization", "Bearer " + server.token(r)));
    if (role.isEmpty()) request.header("X-CSRF-TOKEN", formToken).header("Cookie", formCookie);
    return server.send(request.method(route.method(), HttpRequest.BodyPublishers.noBody()));
  }

  private List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (HandlerMapping mapping : context.getBeansOfType(HandlerMapping.class).values()) {
      if (!(mapping instanceof RequestMappingInfoHandlerMapping infos)) continue;
      infos.getHandlerMethods().forEach((info, handler) -> add(routes, info, handler));
    }
    return routes;
  }

  private static void add(List<Route> routes, RequestMappingInfo info, HandlerMethod handler) {
    Set<RequestMethod> methods = info.getMethodsCondition().getMethods();
    for (String pattern : info.getPatternValues()) {
      if (methods.isEmpty()) routes.add(new Route("GET", pattern, handler));
      methods.forEach(method -> routes.add(new Route(method.name(), pattern, handler)));
    }
  }

  private static Viewer viewer(Role role) {
    return new Viewer(new Actor(Actor.Kind.TOKEN, "test"), Set.of(role), Set.of());
  }
}
