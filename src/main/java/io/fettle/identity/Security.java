package io.fettle.identity;

import jakarta.servlet.DispatcherType;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.savedrequest.NullRequestCache;

/**
 * Two ways in: a request with a bearer token is judged by it alone and has no session; any other is
 * a browser's, with a session and protection against forged forms.
 */
@Configuration(proxyBeanMethods = false)
class Security {
  private final RouteRules rules;
  private final Refusals refusals;
  private final WhoAsks whoAsks;

  Security(RouteRules rules, Refusals refusals, WhoAsks whoAsks) {
    this.rules = rules;
    this.refusals = refusals;
    this.whoAsks = whoAsks;
  }

  @Bean
  AuthenticationManager authenticationManager(SignIn signIn) {
    return new ProviderManager(List.of(signIn));
  }

  @Bean
  @Order(1)
  SecurityFilterChain programs(HttpSecurity http) {
    return common(http)
        .securityMatcher(TokenFilter::carriesToken)
        .csrf(csrf -> csrf.disable())
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .logout(logout -> logout.disable())
        .addFilterBefore(new TokenFilter(whoAsks, refusals), AnonymousAuthenticationFilter.class)
        .build();
  }

  @Bean
  @Order(2)
  SecurityFilterChain browsers(HttpSecurity http, SignIn signIn) {
    return common(http)
        .csrf(csrf -> csrf.csrfTokenRepository(csrfCookie()))
        .requestCache(cache -> cache.requestCache(new NullRequestCache()))
        .authenticationManager(authenticationManager(signIn))
        .formLogin(form ->
            form.loginPage("/sign-in")
                .loginProcessingUrl("/sign-in")
                .usernameParameter("name")
                .passwordParameter("password")
                .successHandler(AfterSignIn::welcome)
                .failureHandler(AfterSignIn::refuse))
        .logout(logout ->
            logout.logoutUrl("/sign-out").logoutSuccessUrl("/sign-in?out").deleteCookies("fettle"))
        .addFilterBefore(new SessionFilter(whoAsks, refusals), AnonymousAuthenticationFilter.class)
        .build();
  }

  private HttpSecurity common(HttpSecurity http) {
    return http.authorizeHttpRequests(this::authorize)
        .httpBasic(basic -> basic.disable())
        .headers(headers -> headers.frameOptions(HeadersConfigurer.FrameOptionsConfig::deny))
        .exceptionHandling(
            handling -> handling.authenticationEntryPoint(refusals).accessDeniedHandler(refusals));
  }

  private void authorize(
      AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry
          requests) {
    requests
        .dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.ASYNC)
        .permitAll()
        .anyRequest()
        .access(rules);
  }

  private static CookieCsrfTokenRepository csrfCookie() {
    CookieCsrfTokenRepository cookie = new CookieCsrfTokenRepository();
    cookie.setCookieName("fettle_csrf");
    cookie.setHeaderName("X-CSRF-TOKEN");
    cookie.setCookieCustomizer(c -> c.httpOnly(true).sameSite("Lax"));
    return cookie;
  }
}
